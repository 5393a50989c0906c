import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { IoError, UsageError } from "../../src/errors.ts";
import { FileSource } from "../../src/io/file-source.ts";
import { removeLeftovers, tempName } from "../../src/io/leftovers.ts";
import { type AnalyzeOptions, analyze } from "../../src/pipeline/analyze.ts";
import { SAMPLE } from "../cli/run-cli.ts";
import { faultOf, newFolder, writeSnapshot } from "./support.ts";

const root = newFolder();
const snapshot = path.join(root, "dump.rdb");
beforeAll(() => writeSnapshot(snapshot, 70_000));
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));
const place = () => fs.mkdtempSync(path.join(root, "p-"));

/** Analyzes a copy of the snapshot with one reader; `meddle` is called once, after the first chunk or piece. */
async function during(meddle: (input: string, folder: string) => void, more: Partial<AnalyzeOptions> = {}) {
  const input = path.join(place(), "input");
  fs.copyFileSync(more.inputs?.[0] ?? snapshot, input);
  const folder = place();
  let done = false;
  const onProgress = () => {
    if (!done) meddle(input, folder);
    done = true;
  };
  const output = path.join(folder, "inventory.sqlite");
  try {
    await analyze({ workers: 1, ...more, inputs: [input], output, onProgress });
    return { folder, output };
  } catch (error) {
    if (fs.existsSync(folder)) expect(fs.readdirSync(folder)).toEqual([]);
    throw error;
  }
}

const write = (file: string, bytes: Buffer, position: number) => {
  const fd = fs.openSync(file, "r+");
  fs.writeSync(fd, bytes, 0, bytes.length, position);
  fs.closeSync(fd);
};

describe("an input that changes while it is read", () => {
  const CHANGED = /input changed while it was read/;

  it("is no damage when it is truncated", async () => {
    await expect(during((input) => fs.truncateSync(input, 4_000_000))).rejects.toThrow(CHANGED);
  });

  it.each([
    ["zeros", Buffer.alloc(500_000)],
    ["one byte of a value", Buffer.of(7)],
  ])("is not taken when it is overwritten with %s", async (_, bytes) => {
    await expect(during((input) => write(input, bytes, 5_500_000))).rejects.toThrow(CHANGED);
  });

  it("is taken when it only grew: its checksum holds", async () => {
    const { output } = await during((input) => fs.appendFileSync(input, "more"));
    expect(faultOf(output)).toBeUndefined();
  });

  it("is not taken when it grew and has no checksum", async () => {
    const bare = path.join(place(), "bare");
    fs.copyFileSync(snapshot, bare);
    write(bare, Buffer.alloc(8), fs.statSync(bare).size - 8);
    await expect(during((input) => fs.appendFileSync(input, "more"), { inputs: [bare] })).rejects.toThrow(
      CHANGED,
    );
  });

  it("stays what it was to those who have it open when another file gets its name", async () => {
    const { output } = await during((input) => {
      fs.writeFileSync(`${input}.new`, "REDIS0011");
      fs.renameSync(`${input}.new`, input);
    });
    expect(faultOf(output)).toBeUndefined();
  });

  it("is not read when another got its name before it was opened", () => {
    const file = path.join(place(), "f");
    fs.writeFileSync(file, "one");
    const source = new FileSource(file);
    fs.writeFileSync(`${file}.new`, "two");
    fs.renameSync(`${file}.new`, file);
    expect(() => new FileSource(file, source.identity)).toThrow(IoError);
    source.close();
    new FileSource(file, new FileSource(file).identity).close();
  });

  it("is no damage when what is unpacked is truncated", async () => {
    const packed = path.join(place(), "packed");
    fs.writeFileSync(packed, gzipSync(fs.readFileSync(snapshot), { level: 0 }));
    const folder = place();
    const changing = during((input) => fs.truncateSync(input, 4_000_000), {
      inputs: [packed],
      tempDir: folder,
    });
    await expect(changing).rejects.toThrow(CHANGED);
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});

describe("a folder that goes away during the run", () => {
  it("of the output is an IoError", async () => {
    const gone = during((_, folder) => fs.rmSync(folder, { recursive: true }));
    await expect(gone).rejects.toThrow(/cannot write the inventory in .*: no such file or folder/);
    await expect(gone).rejects.toBeInstanceOf(IoError);
  });

  it("of what is unpacked is an IoError", async () => {
    const packed = path.join(place(), "packed");
    fs.writeFileSync(packed, gzipSync(fs.readFileSync(snapshot), { level: 1 }));
    const tempDir = place();
    const gone = during(() => fs.rmSync(tempDir, { recursive: true }), { inputs: [packed], tempDir });
    await expect(gone).rejects.toThrow(/cannot open .*-input: no such file or folder/);
  });
});

describe("an output", () => {
  const run = (output: string, force = false) =>
    analyze({ inputs: [SAMPLE], output, force, keys: "none", workers: 1 });

  it("that is no inventory is not replaced, forced or not", async () => {
    const folder = place();
    for (const content of ["a snapshot somebody needs", "SQLite format 3\0".padEnd(200, "x")]) {
      const output = path.join(folder, "notes");
      fs.writeFileSync(output, content);
      for (const force of [false, true]) await expect(run(output, force)).rejects.toThrow(UsageError);
      expect(fs.readFileSync(output, "utf8")).toBe(content);
    }
    execFileSync("mkfifo", [path.join(folder, "pipe")]);
    await expect(run(path.join(folder, "pipe"), true)).rejects.toThrow(/a device or a pipe/);
    expect(fs.readdirSync(folder).sort()).toEqual(["notes", "pipe"]);
  });

  it("that is empty is replaced when forced", async () => {
    const output = path.join(place(), "made-by-mktemp");
    fs.writeFileSync(output, "");
    await expect(run(output)).rejects.toThrow(/exists already/);
    await run(output, true);
    expect(faultOf(output)).toBeUndefined();
  });

  it.each([true, false])("behind a link is written where that leads to (there: %s)", async (there) => {
    const [far, near] = [place(), place()];
    const link = path.join(near, "link.sqlite");
    fs.symlinkSync(path.relative(near, path.join(far, "inventory.sqlite")), link);
    if (there) await run(link);
    await run(link, there);
    expect([fs.readdirSync(far), fs.readdirSync(near)]).toEqual([["inventory.sqlite"], ["link.sqlite"]]);
    expect(fs.lstatSync(link).isSymbolicLink()).toBe(true);
    expect(faultOf(link)).toBeUndefined();
  });

  it("below a file cannot be", async () => {
    await expect(run(path.join(snapshot, "x.sqlite"))).rejects.toThrow(
      /cannot write .*no such file or folder/,
    );
  });

  it("of two runs at once is the first one's whole, or the last one's when forced", async () => {
    const output = path.join(place(), "inventory.sqlite");
    const both = await Promise.allSettled([run(output), run(output)]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(both.find((one) => one.status === "rejected")?.reason).toBeInstanceOf(UsageError);
    expect(faultOf(output)).toBeUndefined();
    await Promise.all([run(output, true), run(output, true)]);
    expect(faultOf(output)).toBeUndefined();
    expect(fs.readdirSync(path.dirname(output))).toEqual(["inventory.sqlite"]);
  });
});

describe("temporary files", () => {
  const HOUR = 3_600_000;
  const [pid, dead, elsewhere] = [process.pid, 2 ** 22 + 12_345, "00000000"];
  const before = Date.now() - 48 * HOUR;

  it.each([
    ["of this process", tempName("x"), Date.now(), true],
    ["of another that lives", tempName("x", process.ppid), before, true],
    ["of one that had our id before us", tempName("x", pid, undefined, before), Date.now(), false],
    ["of one that ended", tempName("x", dead), Date.now(), false],
    ["of another host, just touched", tempName("x", dead, elsewhere), Date.now() - HOUR / 2, true],
    ["of another host, long untouched", tempName("x", dead, elsewhere), before, false],
    ["of somebody else's", ".rdbscope-1-notes", before, true],
  ])("%s", (_, name, touched, stays) => {
    for (const make of [fs.mkdirSync, (file: string) => fs.writeFileSync(file, "")]) {
      const folder = place();
      const file = path.join(folder, name);
      make(file);
      fs.utimesSync(file, touched / 1000, touched / 1000);
      removeLeftovers(folder);
      expect(fs.existsSync(file)).toBe(stays);
    }
  });

  it("in a folder of another host count as its own touch", () => {
    const folder = place();
    const own = path.join(folder, tempName("", dead, elsewhere));
    fs.mkdirSync(own);
    fs.writeFileSync(path.join(own, "inventory.sqlite"), "");
    fs.utimesSync(own, before / 1000, before / 1000);
    removeLeftovers(folder);
    expect(fs.existsSync(own)).toBe(true);
  });
});
