import { describe, expect, it } from "vitest";
import { dateNotes, datesAsked } from "../../src/queries/named/fleet-notes.ts";

const on = (date: string, ...nodes: string[]) => nodes.map((node) => ({ cluster: "c", date, node }));

describe("the days of a question of a fleet", () => {
  const all = [...on("2026-10-31", "a", "b"), ...on("2026-10-30", "a"), ...on("2026-11-01", "a")];

  it("are the last, or the first and the last", () => {
    expect(datesAsked("cluster-patterns", all)).toEqual(["2026-11-01"]);
    expect(datesAsked("cluster-growth", all)).toEqual(["2026-10-30", "2026-11-01"]);
    expect(datesAsked("cluster-growth", on("2026-11-01", "a"))).toEqual(["2026-11-01"]);
    for (const other of ["top-keys", undefined]) expect(datesAsked(other, all)).toEqual([]);
    expect(datesAsked("cluster-patterns", [])).toEqual([]);
  });

  it("leave out the nodes that have none of them", () => {
    expect(dateNotes("cluster-patterns", ["2026-11-01"], all)).toEqual([
      "1 of 2 nodes has no snapshot of 2026-11-01, the last day, and is not in this answer: b",
    ]);
    expect(dateNotes("cluster-patterns", ["2026-10-31"], all)).toEqual([]);
    const growing = [...on("2026-11-01", "a", "b", "c", "d", "e"), ...on("2026-11-02", "a", "f")];
    expect(dateNotes("cluster-growth", ["2026-11-01", "2026-11-02"], growing)).toEqual([
      "1 of 6 nodes has no snapshot of 2026-11-01, the first day: what is there on the last counts as grown: f",
      "4 of 6 nodes have no snapshot of 2026-11-02, the last day: what was there on the first counts as gone: b, c, d and 1 more",
    ]);
  });

  it("are too few for growth when there is one", () => {
    const one = on("2026-11-01", "a", "b");
    expect(dateNotes("cluster-growth", datesAsked("cluster-growth", one), one)).toEqual([
      "there is one date only, 2026-11-01: what grew is told of two or more",
    ]);
    expect(dateNotes("cluster-patterns", ["2026-11-01"], one)).toEqual([]);
  });

  it("tell nodes of several clusters apart", () => {
    const other = { cluster: "d", date: "2026-10-31", node: "a" };
    expect(dateNotes("cluster-patterns", ["2026-11-01"], [...on("2026-11-01", "a"), other])).toEqual([
      "1 of 2 nodes has no snapshot of 2026-11-01, the last day, and is not in this answer: d/a",
    ]);
  });
});
