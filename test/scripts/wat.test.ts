import { describe, expect, it } from "vitest";
import { compiled, MODULES, stored } from "../../scripts/wat.ts";

describe("WebAssembly", () => {
  it.each(MODULES)("%s-code.ts is what %s.wat says", async (name) => {
    expect(stored(name)).toBe(await compiled(name));
  });
});
