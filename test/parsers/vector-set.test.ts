import { describe, expect, it } from "vitest";
import { moduleTypeId, moduleTypeName } from "../../parsers/module.ts";
import { StringReader } from "../../parsers/strings.ts";
import { VectorSetReader } from "../../parsers/vector-set.ts";
import { IGNORE_ALL } from "../../parsers/visitor.ts";
import { codeOf, windowOf } from "../support/windows.ts";

const number = (value: number): number[] => [2, value];
const text = (value: string): number[] => [5, value.length, ...Buffer.from(value)];
const WIDE = [2, 0x81, 255, 255, 255, 255, 255, 255, 255, 255];
/** M as in the paper is 5: 2 in its lower byte of config is the kind of quantization. */
const CONFIG = [2, 0x80, 0, 0, 5, 2];

/** A node of layers with one link each: id, level, used and most links, ids, worst link; then length and range. */
function node(item: string, attributes: string | undefined, layers: number): number[] {
  const links = (most: number) => [...number(1), ...number(most), ...number(9), ...WIDE];
  const parameters = 3 + 4 * layers;
  return [
    ...text(item),
    ...(attributes === undefined ? [] : text(attributes)),
    ...text("vector00"),
    ...number(parameters),
    ...WIDE,
    2,
    0x80,
    1,
    0,
    0,
    layers - 1,
    ...Array.from({ length: layers }, (_, layer) => links(layer === 0 ? 10 : 5)).flat(),
    ...WIDE,
  ];
}

function walk(bytes: number[]): { calls: string[]; rest: number } {
  const w = windowOf(Uint8Array.from(bytes));
  const calls: string[] = [];
  const reader = new VectorSetReader(w, new StringReader(w));
  reader.walk({
    ...IGNORE_ALL,
    vectorNode: (...numbers) => calls.push(`node ${numbers}`),
    vectorSet: (...numbers) => calls.push(`set ${numbers}`),
  });
  return { calls, rest: bytes.length - w.offset() };
}

describe("vector sets", () => {
  it("have the id of their name", () => {
    const { high, low } = moduleTypeId("vectorset", 0);
    expect(moduleTypeName(high, low)).toBe("vectorset");
  });

  it("are read node by node, up to the end mark", () => {
    const head = [...number(3), ...number(2), ...CONFIG, ...number(2)];
    const bytes = [...head, ...node("item", "{}", 2), ...node("b", "", 1), 0, 77];
    expect(walk(bytes)).toEqual({ calls: ["node 4,2,1,10", "node 1,0,0,10", "set 3,2,0"], rest: 1 });
  });

  it("may have been projected", () => {
    const head = [...number(3), ...number(0), ...CONFIG, ...number(1), ...number(2)];
    const matrix = text("3 dimensions of 2 floats");
    expect(walk([...head, ...matrix, 0])).toEqual({ calls: ["set 3,2,2"], rest: 0 });
  });

  it("are not believed when they claim more than they bring", () => {
    const huge = [2, 0x80, 255, 255, 255, 255];
    const projected = [...huge, ...number(0), ...CONFIG, ...number(1), ...huge, ...text("matrix")];
    expect(walk([...projected, 0])).toEqual({ calls: [], rest: 0 });
    const wide = [...huge, ...number(1), ...CONFIG, ...number(2), ...node("item", "", 1)];
    expect(walk([...wide, 0])).toEqual({ calls: ["node 4,0,0,10"], rest: 0 });
    const links = [...number(9), ...WIDE, ...number(0), ...number(1), ...huge, ...number(9), ...WIDE];
    const many = [...number(3), ...number(1), ...CONFIG, ...number(0), ...text("item"), ...text("vector00")];
    expect(walk([...many, ...links, ...WIDE, 0]).calls).not.toContain("set 3,2,0");
  });

  it("of another make are skipped as any module's data", () => {
    const head = [...number(3), ...number(2), ...CONFIG, ...number(2)];
    expect(walk([...head, 4, 1, 2, 3, 4, 5, 6, 7, 8, ...text("x"), 0, 77])).toEqual({ calls: [], rest: 1 });
    expect(walk([...number(3), 0, 77])).toEqual({ calls: [], rest: 1 });
    expect(walk([...head, ...node("a", "", 1), ...node("b", "", 1), ...number(1), 0]).calls).not.toContain(
      "set 3,2,0",
    );
  });

  it("are refused where no module could have written them", () => {
    expect(codeOf(() => walk([...number(3), 7, 0]))).toBe("BAD_MODULE");
  });
});
