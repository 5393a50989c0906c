import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { RdbError } from "../../parsers/errors.ts";
import { UsageError } from "../../src/errors.ts";
import { type AnalyzeOptions, analyze } from "../../src/pipeline/analyze.ts";
import type { FailedFile } from "../../workers/protocol.ts";
import { fleetSnapshot } from "../support/fleet.ts";
import { ask, KEYS, type Row, summariesOf, workFolder } from "./support.ts";

const folder = workFolder();
const NODES = 4;
const files: string[] = [];
/** What is said of each node's snapshot when it is analyzed alone. */
const alone: Record<string, Row[]>[] = [];
/** An inventory of all of them, made at once by one thread. */
let whole: string;

let outputs = 0;
/** A file name in a folder of its own. */
function newOutput(): string {
  const place = path.join(folder, `out-${++outputs}`);
  fs.mkdirSync(place);
  return path.join(place, "cluster.sqlite");
}

function write(name: string, bytes: Uint8Array): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, bytes);
  return file;
}

function everythingOf(output: string): Record<string, Row[]> {
  return { keys: ask(output, KEYS), ...summariesOf(output) };
}

/** What an inventory says of one of its snapshots, as if it were the only one. */
function onlyOf(all: Record<string, Row[]>, snapshot: number): Record<string, Row[]> {
  return Object.fromEntries(
    Object.entries(all).map(([name, rows]) => [
      name,
      rows.filter((row) => row.snapshot === snapshot).map((row) => ({ ...row, snapshot: 1 })),
    ]),
  );
}

const failures: FailedFile[] = [];
function run(inputs: readonly string[], options: Partial<AnalyzeOptions> = {}) {
  failures.length = 0;
  const onFailed = (failed: FailedFile) => failures.push(failed);
  return analyze({ inputs, output: newOutput(), workers: 1, onFailed, ...options });
}

const soundness = (output: string) => ask(output, "PRAGMA integrity_check");
const SOUND = [{ integrity_check: "ok" }];

beforeAll(async () => {
  for (let node = 0; node < NODES; node++)
    files.push(write(`node-${node}.rdb`, fleetSnapshot({ node, nodes: NODES, keys: 1600 })));
  for (const file of files) {
    const { output } = await analyze({ inputs: [file], output: newOutput(), workers: 1 });
    alone.push(everythingOf(output));
  }
  whole = (await run(files)).output;
});

describe("an inventory of several snapshots", () => {
  it.each([1, 4])("is that of each of them alone, by %d threads", async (workers) => {
    const { output, snapshots } = await run(files, { workers });
    const all = everythingOf(output);
    expect(snapshots.map((one) => one.path)).toEqual(files);
    for (const [i, one] of alone.entries()) expect(onlyOf(all, i + 1)).toEqual(one);
    expect(soundness(output)).toEqual(SOUND);
    expect(fs.readdirSync(path.dirname(output))).toEqual(["cluster.sqlite"]);
  });

  it("has what was asked for: no rows, filters, indexes, hashed names", async () => {
    const { output: none } = await run(files, { keys: "none" });
    expect(ask(none, "SELECT count(*) AS n FROM key_rows")).toEqual([{ n: 0 }]);
    expect(summariesOf(none).rollup).toEqual(summariesOf(whole).rollup);
    const { output } = await run(files, { filters: { types: ["hash"] }, index: ["bytes"], hashKeys: true });
    expect(ask(output, "SELECT DISTINCT type FROM keys")).toEqual([{ type: "hash" }]);
    expect(ask(output, "SELECT count(*) AS n FROM keys WHERE key NOT LIKE '#%'")).toEqual([{ n: 0 }]);
    expect(ask(output, "SELECT DISTINCT hashed_names IS NULL AS no FROM snapshots")).toEqual([{ no: 0 }]);
    expect(soundness(output)).toEqual(SOUND);
  });
});

describe("a snapshot that fails", () => {
  /** Damaged behind most of its keys, so that pages of it are written already. */
  const cut = (file: string) => fs.readFileSync(file).subarray(0, fs.statSync(file).size - 3000);

  it.each([0, 1, NODES - 1])("is missing, and the rest is as it is, at place %d", async (place) => {
    const bad = write(`cut-${place}.rdb`, cut(files[place]!));
    const given = files.map((file, i) => (i === place ? bad : file));
    const { output, failed, snapshots } = await run(given);
    const all = everythingOf(output);
    expect(snapshots.map((one) => one.path)).toEqual(files.filter((_, i) => i !== place));
    for (const [i, one] of alone.entries())
      expect(onlyOf(all, i + 1)).toEqual(i === place ? onlyOf(all, 99) : one);
    expect(soundness(output)).toEqual(SOUND);
    expect(failed).toEqual(failures);
    const row = ask(output, "SELECT * FROM failed_files");
    expect(row).toMatchObject([{ snapshot: place + 1, path: bad, code: "UNEXPECTED_EOF" }]);
    expect(row[0]!.message).toContain(bad);
  });

  it("leaves no room empty that its rows had been written to", async () => {
    const size = (output: string) => fs.statSync(output).size;
    const big = fleetSnapshot({ node: 0, nodes: 1, keys: 9000 });
    const bad = write("big.rdb", big.subarray(0, big.length - 100));
    const { output } = await run([bad, ...files]);
    expect(soundness(output)).toEqual(SOUND);
    for (const [i, one] of alone.entries()) expect(onlyOf(everythingOf(output), i + 2)).toEqual(one);
    // Rows too long for a page stay where they are, behind what is free then.
    const free = Number(ask(output, "PRAGMA freelist_count")[0]!.freelist_count) * 16384;
    expect(size(output) - free).toBeLessThan(size(whole) + 3 * 16384);
    const short = files.map((_, node) =>
      write(`short-${node}.rdb`, fleetSnapshot({ node, nodes: NODES, keys: 400 })),
    );
    const [first, second] = [await run([bad, ...short]), await run(short)];
    expect(size(first.output)).toBeLessThanOrEqual(size(second.output) + 16384);
  });

  it("may be missing, no snapshot, or not to be read", async () => {
    const text = write("notes.txt", Buffer.from("no snapshot at all"));
    const { failed } = await run([files[0]!, path.join(folder, "nowhere.rdb"), text, folder]);
    expect(failed.map(({ id, code }) => [id, code])).toEqual([
      [2, "CANNOT_READ"],
      [3, "BAD_MAGIC"],
      [4, "REFUSED"],
    ]);
  });

  it("ends the run where it is the only one, or all are, and leaves nothing", async () => {
    const bad = write("cut.rdb", cut(files[0]!));
    for (const inputs of [[bad], [bad, bad]]) {
      const output = newOutput();
      await expect(run(inputs, { output })).rejects.toThrow(RdbError);
      expect(fs.readdirSync(path.dirname(output))).toEqual([]);
    }
  });

  it("says what is worst when all fail, in whatever order", async () => {
    const [bad, nowhere] = [write("cut.rdb", cut(files[0]!)), path.join(folder, "nowhere.rdb")];
    for (const [inputs, name] of [
      [[folder, folder], "UsageError"],
      [[folder, bad], "RdbError"],
      [[folder, nowhere], "IoError"],
      [[bad, nowhere], "IoError"],
    ] as const) {
      await expect(run(inputs)).rejects.toMatchObject({ name });
      await expect(run([...inputs].reverse())).rejects.toMatchObject({ name });
    }
  });

  it("ends the run at once where nobody wants to be told", async () => {
    const bad = write("cut.rdb", cut(files[0]!));
    const output = newOutput();
    const failing = analyze({ inputs: [...files, bad], output, workers: 2 });
    await expect(failing).rejects.toThrow(RdbError);
    expect(fs.readdirSync(path.dirname(output))).toEqual([]);
  });

  it("is salvaged where that is asked for", async () => {
    const bad = write("cut.rdb", cut(files[1]!));
    const { failed, snapshots } = await run([files[0]!, bad], { salvage: true });
    expect([failed, snapshots.map(({ salvaged }) => salvaged)]).toEqual([[], [false, true]]);
  });
});

describe("a run that is gone on with", () => {
  /** Ends a run when so many parts of it are done, as Ctrl-C would; returns its output. */
  async function ended(inputs: readonly string[], parts: number, options: Partial<AnalyzeOptions> = {}) {
    const { output = newOutput() } = options;
    const controller = new AbortController();
    const kept: unknown[] = [];
    const partsOf = () => {
      const place = `${output}.partial`;
      return fs.existsSync(place)
        ? fs.readdirSync(place).filter((name) => /^part-\d+\.sqlite$/.test(name))
        : [];
    };
    const onProgress = () => partsOf().length >= parts && controller.abort(new Error("enough"));
    const onKept = (one: unknown) => kept.push(one);
    const { signal } = controller;
    const more = { output, signal, onProgress, onKept, workers: 1, ...options };
    await expect(run(inputs, more)).rejects.toThrow("enough");
    return { output, kept, parts: partsOf() };
  }

  it("makes the same inventory, and reads nothing twice", async () => {
    const { output, kept, parts } = await ended(files, 2);
    expect(fs.existsSync(output)).toBe(false);
    expect(kept).toMatchObject([{ folder: `${output}.partial`, done: parts.length, total: NODES }]);
    const read: number[] = [];
    const onProgress = ({ bytesTotal }: { bytesTotal: number }) => read.push(bytesTotal);
    const { snapshots, present } = await run(files, { output, resume: true, onProgress, workers: 1 });
    expect([snapshots.length, present]).toEqual([NODES, 0]);
    const sizes = files.map((file) => fs.statSync(file).size);
    expect(read.at(-1)).toBeLessThan(sizes.reduce((a, b) => a + b, 0) - Math.min(...sizes));
    expect(everythingOf(output)).toEqual(everythingOf(whole));
    const tables = ask(whole, "SELECT name FROM sqlite_schema WHERE type = 'table'").map(({ name }) => name);
    for (const name of tables) {
      const rows = (file: string) =>
        ask(file, `SELECT * FROM ${name}`).map(({ analyzed_at: _, ...row }) => row);
      expect({ [String(name)]: rows(output) }).toEqual({ [String(name)]: rows(whole) });
    }
    expect(soundness(output)).toEqual(SOUND);
    expect(fs.readdirSync(path.dirname(output))).toEqual(["cluster.sqlite"]);
  });

  it("has to be asked for, unless all is to be begun anew", async () => {
    const { output } = await ended(files, 1);
    await expect(run(files, { output })).rejects.toThrow(/go on with --resume, or begin anew with --force/);
    await expect(run(files, { output, resume: true, keys: "none" })).rejects.toThrow(/another --keys/);
    const hashed = run(files, { output, resume: true, hashKeys: Buffer.from("a secret of its own") });
    await expect(hashed).rejects.toThrow(/another secret of --hash-keys/);
    const { snapshots } = await run(files, { output, force: true });
    expect(snapshots).toHaveLength(NODES);
    expect(fs.readdirSync(path.dirname(output))).toEqual(["cluster.sqlite"]);
  });

  it("replaces what it was to replace", async () => {
    const { output } = await run([files[3]!]);
    await ended(files, 2, { output, force: true });
    expect(ask(output, "SELECT count(*) AS n FROM snapshots")).toEqual([{ n: 1 }]);
    await run(files, { output, resume: true });
    for (const [i, one] of alone.entries()) expect(onlyOf(everythingOf(output), i + 1)).toEqual(one);
  });

  it("reads anew what has changed, and keeps what is not given any more", async () => {
    const own = files.map((file, i) => write(`own-${i}.rdb`, fs.readFileSync(file)));
    const { output, parts } = await ended(own, 2);
    fs.copyFileSync(files[3]!, own[0]!);
    const given = [own[0]!, ...own.slice(2)];
    const { notes, present, snapshots } = await run(given, { output, resume: true });
    expect(notes.join("\n")).toMatch(/own-0.rdb has changed since the run that was ended: it is read anew/);
    const kept = parts.length - 1;
    expect(notes.join("\n")).toContain(
      `${kept} snapshot${kept === 1 ? " was" : "s were"} read by the run that`,
    );
    expect(notes.join("\n")).toMatch(
      /1 snapshot of these is in the inventory although not given now: .*own-1.rdb/,
    );
    expect([present, snapshots[0]!.keys]).toEqual([0, alone[3]!.keys!.length]);
    expect(snapshots.map((one) => path.basename(one.path)).sort()).toEqual(
      own.map((one) => path.basename(one)),
    );
    expect(parts.length).toBeGreaterThan(1);
    expect(onlyOf(everythingOf(output), 1).keys).toEqual(alone[3]!.keys);
    expect(soundness(output)).toEqual(SOUND);
  });
});

describe("an inventory that is added to", () => {
  it("is as if all had been given at once", async () => {
    const { output } = await run(files.slice(0, 2), { workers: 1, index: ["key"] });
    for (const upTo of [3, NODES]) {
      const { snapshots, present } = await run(files.slice(0, upTo), { output, resume: true, workers: 1 });
      expect(snapshots.map((one) => one.path)).toEqual(files.slice(upTo === 3 ? 2 : 3, upTo));
      expect(present).toBe(upTo === 3 ? 2 : 3);
      expect(soundness(output)).toEqual(SOUND);
    }
    expect(everythingOf(output)).toEqual(everythingOf(whole));
    const found = "SELECT count(*) AS n FROM key_rows INDEXED BY key_rows_by_key WHERE key >= ''";
    expect(ask(output, found)).toEqual(
      ask(whole, "SELECT count(*) AS n FROM key_rows WHERE typeof(key) = 'text'"),
    );
  });

  it("begins with one that has a row, or none", async () => {
    const one = write("one.rdb", fleetSnapshot({ node: 0, nodes: 1, keys: 1, replId: "c".repeat(40) }));
    for (const keys of ["all", "none"] as const) {
      const { output } = await run([one], { keys });
      await run([files[0]!], { output, resume: true, keys });
      expect(soundness(output)).toEqual(SOUND);
      if (keys === "all") expect(onlyOf(everythingOf(output), 2)).toEqual(alone[0]);
    }
  });

  it("stays as it is where nothing is new, and says so", async () => {
    const { output } = await run(files);
    const before = fs.statSync(output, { bigint: true });
    const moved = path.join(folder, "moved.rdb");
    fs.copyFileSync(files[3]!, moved);
    const again = await run([...files.slice(0, 3), moved], { output, resume: true });
    expect([again.snapshots, again.present]).toEqual([[], NODES]);
    expect(fs.statSync(output, { bigint: true }).ino).toBe(before.ino);
    const other = run(files, { output, resume: true, profile: "redis-6.2" });
    await expect(other).rejects.toThrow(/was made with another --profile/);
  });

  it("takes a file that failed when it is whole, in its own place", async () => {
    const late = write("late.rdb", Buffer.from("REDIS0011"));
    const given = [files[0]!, late, files[2]!];
    const { output } = await run(given);
    expect(ask(output, "SELECT snapshot FROM failed_files")).toEqual([{ snapshot: 2 }]);
    await run([...given, files[3]!], { output, resume: true });
    expect(ask(output, "SELECT snapshot FROM failed_files")).toEqual([{ snapshot: 2 }]);
    const { notes } = await run([files[0]!], { output, resume: true });
    expect(notes).toEqual([
      `1 file that could not be read by an earlier run is missing as before: ${late} (give it again to add it)`,
    ]);
    fs.copyFileSync(files[1]!, late);
    await run(given, { output, resume: true });
    expect(ask(output, "SELECT snapshot FROM failed_files")).toEqual([]);
    const all = everythingOf(output);
    for (const i of [0, 1, 2, 3]) expect(onlyOf(all, i + 1)).toEqual(alone[i]);
  });

  it("gets a file that has changed as another snapshot, and tells of it", async () => {
    const own = write("dump.rdb", fs.readFileSync(files[0]!));
    const { output } = await run([own]);
    fs.copyFileSync(files[1]!, own);
    const { notes } = await run([own], { output, resume: true });
    expect(notes[0]).toMatch(/has changed since snapshot 1 was read of it: it is added as another snapshot/);
    expect(onlyOf(everythingOf(output), 2).keys).toEqual(alone[1]!.keys);
  });

  it("is replaced or added to, not both", async () => {
    await expect(run(files, { force: true, resume: true })).rejects.toThrow(UsageError);
  });
});

describe("the same data twice", () => {
  const node = (facts: Partial<Parameters<typeof fleetSnapshot>[0]>) =>
    fleetSnapshot({ node: 0, nodes: 2, keys: 400, ...facts });
  const relations = (output: string) =>
    ask(output, "SELECT snapshot, same_as, relation FROM same_data ORDER BY 1, 2");

  it("is a replica with its primary, and no other shard, nor the same server at another time", async () => {
    const primary = write("primary.rdb", node({ replId: "b".repeat(40), replOffset: 5000 }));
    const replica = write(
      "replica.rdb",
      node({ replId: "b".repeat(40), replOffset: 5070, ctime: 1_750_000_060, salt: "s" }),
    );
    const other = write("other.rdb", node({ node: 1 }));
    const later = write(
      "later.rdb",
      node({ replId: "b".repeat(40), replOffset: 90_000, ctime: 1_750_086_400, salt: "t" }),
    );
    const { output, notes } = await run([primary, other, replica, later]);
    expect(relations(output)).toEqual([
      { snapshot: 3, same_as: 1, relation: "minutes apart" },
      { snapshot: 4, same_as: 1, relation: "series" },
      { snapshot: 4, same_as: 3, relation: "series" },
    ]);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/replica.rdb, holds the same data as snapshot 1, .*primary.rdb.*70 bytes apart/);
    expect(ask(output, "SELECT snapshot, message FROM warnings WHERE code = 'SAME_DATA'")).toEqual([
      { snapshot: 3, message: notes[0] },
    ]);
  });

  it("is the same file under two names", async () => {
    const copy = write("copy.rdb", fs.readFileSync(files[0]!));
    const { output } = await run([files[0]!, copy]);
    expect(relations(output)).toEqual([{ snapshot: 2, same_as: 1, relation: "same file" }]);
  });

  it("is told of each, also of one file three times, and counted as a warning", async () => {
    const { notes, snapshots } = await run([files[0]!, files[0]!, files[1]!, files[0]!]);
    expect(
      notes.map((one) => /^snapshot (\d), .* holds the same data as snapshot 1, /.exec(one)?.[1]),
    ).toEqual(["2", "4"]);
    expect(snapshots.map(({ warnings }) => warnings.map(({ code }) => code))).toEqual([
      [],
      ["SAME_DATA"],
      [],
      ["SAME_DATA"],
    ]);
  });
});

describe("nodes", () => {
  it("own slots, and add up", async () => {
    const { output } = await run(files.slice(1));
    const nodes = ask(output, "SELECT * FROM nodes ORDER BY snapshot");
    expect(nodes.map((row) => row.node)).toEqual(["node-1", "node-2", "node-3"]);
    expect(nodes.reduce((sum, row) => sum + Number(row.used_memory_share), 0)).toBeCloseTo(1);
    const sums =
      "SELECT snapshot, sum(keys) AS keys, sum(bytes) AS bytes, count(*) AS slots FROM slots GROUP BY 1";
    expect(nodes.map(({ snapshot, keys, bytes, slots }) => ({ snapshot, keys, bytes, slots }))).toEqual(
      ask(output, sums),
    );
    const owners = ask(
      output,
      "SELECT owners, min(slot) AS first, max(slot) AS last FROM slot_owners GROUP BY owners",
    );
    expect(owners.map((row) => row.owners)).toEqual([0, 1]);
    expect(ask(output, "SELECT count(*) AS n FROM slot_owners")).toEqual([{ n: 16384 }]);
    expect(owners[1]!.first).toBeGreaterThan(16384 / NODES - 1);
  });
});
