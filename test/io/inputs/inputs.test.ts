import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import zlib from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import type { RdbError } from "../../../parsers/errors.ts";
import { IoError, UsageError } from "../../../src/errors.ts";
import { expandGlobs, expandOne } from "../../../src/io/inputs/globs.ts";
import { type InputOptions, Inputs, inspectInput } from "../../../src/io/inputs/index.ts";
import { SpoolFolder } from "../../../src/io/inputs/spool.ts";
import { tailOf } from "../../../src/io/inputs/tail.ts";
import { tempName } from "../../../src/io/leftovers.ts";
import { aofFiles, COMMANDS, diskless, lz4Frame, MARK, vcs, zstdFrame } from "../../support/wrap.ts";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-inputs-"));
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));
const newFolder = () => fs.mkdtempSync(path.join(root, "f-"));
const RDB = Buffer.from(`REDIS0011${"content ".repeat(1000)}`);

function fileOf(content: Uint8Array | string, name = "x"): string {
  const file = path.join(newFolder(), name);
  fs.writeFileSync(file, content);
  return file;
}

function folderOf(files: Record<string, Uint8Array | string>): string {
  const folder = newFolder();
  for (const [name, content] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), content);
  return folder;
}

/** Opens an input; what it holds, its layers and notes. Nothing may be left behind. */
async function opened(name: string, options: InputOptions = {}) {
  const tempDir = newFolder();
  const inputs = new Inputs({ tempDir, ...options });
  try {
    const { file, layers, notes, isSpooled } = await inputs.open(name);
    return { content: fs.readFileSync(file), layers: layers.join("+"), notes, isSpooled };
  } finally {
    inputs.close();
    expect(fs.readdirSync(tempDir)).toEqual([]);
  }
}

const failure = (name: string, options?: InputOptions) =>
  opened(name, options).then(
    () => undefined,
    (error) => error as RdbError,
  );

describe("an input", () => {
  const forms: [string, Uint8Array][] = [
    ["gzip", zlib.gzipSync(RDB)],
    ["zstd", zstdFrame(RDB)],
    ["lz4", lz4Frame(RDB)],
    ["vcs", vcs(RDB)],
    ["gzip+vcs", zlib.gzipSync(vcs(RDB))],
    ["zstd+gzip+lz4", zstdFrame(zlib.gzipSync(lz4Frame(RDB)))],
    ["zstd", Buffer.concat([Buffer.from("512a4d1803000000abcdef", "hex"), zstdFrame(RDB)])],
  ];

  it.each(forms)("is recognised by its content: %s", async (layers, bytes) => {
    expect(await opened(fileOf(bytes))).toEqual({ content: RDB, layers, notes: [], isSpooled: true });
  });

  it("that is bare stays where it is", async () => {
    expect(await opened(fileOf(RDB))).toMatchObject({ layers: "", isSpooled: false });
  });

  it("of a diskless dump keeps its mark behind it, which is no tail", async () => {
    const { content, layers } = await opened(fileOf(diskless(RDB)));
    expect([layers, content.toString()]).toEqual(["diskless", RDB.toString() + MARK]);
  });

  it("may be a pipe", async () => {
    const fifo = path.join(newFolder(), "fifo");
    execFileSync("mkfifo", [fifo]);
    expect(inspectInput(fifo)).toBe(0);
    const reading = opened(fifo);
    fs.createWriteStream(fifo).end(zlib.gzipSync(RDB));
    expect(await reading).toMatchObject({ content: RDB, layers: "gzip" });
  });

  it("that nobody writes to can be given up", async () => {
    const fifo = path.join(newFolder(), "fifo");
    execFileSync("mkfifo", [fifo]);
    const controller = new AbortController();
    const reading = failure(fifo, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error("enough")), 50);
    expect(await reading).toMatchObject({ message: "enough" });
  });

  it.each([
    ["bzip2", "BZh91AY", /bzip2 -dc/],
    ["xz", Buffer.from("fd377a585a0000", "hex"), /xz -dc/],
    ["zip", "PK\x03\x04", /unzip -p/],
    ["an inventory", "SQLite format 3\0", /SQLite database/],
    ["an AOF of commands", COMMANDS, /no RDB preamble/],
    ["a timestamped AOF", `#TS:1700000000\r\n${COMMANDS}`, /no RDB preamble/],
    ["a tar", Buffer.concat([Buffer.alloc(257, "x"), Buffer.from("ustar\0")]), /tar -xOf/],
    ["legacy lz4", Buffer.from("02214c18", "hex"), /lz4 -dc/],
  ])("that is %s is refused, bare or wrapped, with what to do", async (_, content, message) => {
    for (const bytes of [Buffer.from(content), zlib.gzipSync(content)]) {
      const error = await failure(fileOf(bytes));
      expect(error).toMatchObject({ code: "UNSUPPORTED_INPUT" });
      expect(error?.message).toMatch(message);
    }
  });

  it("that holds something else is not unpacked whole", async () => {
    const error = await failure(fileOf(zlib.gzipSync(Buffer.alloc(1e6, "text "))), { maxExpanded: 600_000 });
    expect(error).toMatchObject({ code: "BAD_MAGIC" });
  });

  it("has at most four layers", async () => {
    let bytes: Uint8Array = RDB;
    for (let i = 0; i < 4; i++) bytes = zlib.gzipSync(bytes);
    expect((await opened(fileOf(bytes))).layers).toBe("gzip+gzip+gzip+gzip");
    expect(await failure(fileOf(zlib.gzipSync(bytes)))).toMatchObject({ code: "UNSUPPORTED_INPUT" });
  });

  it("that is damaged tells where in the file that was given", async () => {
    const gz = zlib.gzipSync(RDB);
    expect(await failure(fileOf(gz.subarray(0, 60)))).toMatchObject({ code: "BAD_COMPRESSION", offset: 60 });
    const inner = vcs(RDB);
    inner[inner.length - 1]! ^= 1;
    const outer = zlib.gzipSync(inner);
    const error = await failure(fileOf(outer));
    expect(error).toMatchObject({ code: "BAD_COMPRESSION", offset: outer.length });
    expect(error?.message).toMatch(/vcs in gzip, at byte \d+ of it: the checksum of the content/);
  });

  it("that becomes too large is given up", async () => {
    const file = fileOf(zlib.gzipSync(RDB));
    expect(await failure(file, { maxExpanded: RDB.length - 1 })).toBeInstanceOf(IoError);
    expect((await opened(file, { maxExpanded: RDB.length })).layers).toBe("gzip");
  });

  it("cannot be unpacked where there is no folder", async () => {
    const inputs = new Inputs({ tempDir: path.join(root, "none") });
    await expect(inputs.open(fileOf(zlib.gzipSync(RDB)))).rejects.toThrow(IoError);
  });
});

describe("an AOF directory", () => {
  it("or its manifest gives its base, and tells what is not read", async () => {
    const folder = folderOf(aofFiles(RDB));
    for (const name of [folder, path.join(folder, "appendonly.aof.manifest")]) {
      const { content, layers, notes, isSpooled } = await opened(name);
      expect([content.equals(RDB), layers, isSpooled]).toEqual([true, "aof", false]);
      expect(notes).toMatchObject([
        {
          code: "AOF_NOT_READ",
          message: expect.stringContaining(
            `${COMMANDS.length} bytes of commands in appendonly.aof.3.incr.aof`,
          ),
        },
      ]);
    }
  });

  it("may have a compressed base", async () => {
    expect((await opened(folderOf(aofFiles(vcs(RDB))))).layers).toBe("aof+vcs");
  });

  it("whose base is no RDB is refused", async () => {
    expect(await failure(folderOf(aofFiles(Buffer.from(COMMANDS))))).toMatchObject({
      code: "UNSUPPORTED_INPUT",
    });
  });

  it.each([
    ["without a manifest", {}, /is a directory with no AOF manifest/],
    ["with two", { "a.manifest": "", "b.manifest": "" }, /2 AOF manifests in it: give one/],
    ["without a base", { "a.manifest": "file a seq 1 type i\n" }, /names no base file/],
    [
      "that leads elsewhere",
      { "a.manifest": 'file "../x" seq 1 type b\n' },
      /not in the manifest's own directory/,
    ],
    ["with another text", { "a.manifest": "# fine\nfile\n" }, /line 2: not a line of an AOF manifest/],
  ])("%s is refused", async (_, files, message) => {
    const error = await failure(folderOf(files as Record<string, string>));
    expect(error).toBeInstanceOf(UsageError);
    expect(error?.message).toMatch(message);
  });
});

describe("the room for what is unpacked", () => {
  const MIB = 2 ** 20;
  async function* pieces(count: number) {
    for (let i = 0; i < count; i++) yield Buffer.alloc(8 * MIB);
  }

  it("is looked at before, for what the file says of itself", async () => {
    const spool = new SpoolFolder(newFolder(), () => 100 * MIB);
    await expect(spool.write("x.zst", pieces(1), 50 * MIB)).rejects.toThrow(
      /cannot unpack x\.zst into .*: at least 52428800 bytes are needed, 37748736 are free .*--temp-dir/,
    );
    expect(fs.readdirSync(spool.folder)).toEqual([]);
  });

  it("is looked at again while it is filled", async () => {
    let room = 200 * MIB;
    const spool = new SpoolFolder(newFolder(), () => {
      room -= 80 * MIB;
      return room;
    });
    await expect(spool.write("x.gz", pieces(20), 0)).rejects.toThrow(IoError);
    expect(fs.readdirSync(spool.folder)).toEqual([]);
  });

  it("is freed of what a process left that is no more", async () => {
    const folder = newFolder();
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    fs.writeFileSync(path.join(folder, tempName("1-input", pid)), "");
    const spool = new SpoolFolder(folder);
    const file = await spool.write("x", pieces(1), 0);
    expect(fs.readdirSync(folder)).toEqual([path.basename(file)]);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    spool.close();
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});

describe("what follows a snapshot", () => {
  it.each([
    ["", "none", 0],
    [MARK, "none", 0],
    [COMMANDS, "commands", COMMANDS.length],
    [MARK + COMMANDS, "commands", COMMANDS.length],
    [`#TS:1\r\n${COMMANDS}`, "commands", COMMANDS.length + 7],
    ["garbage", "unknown", 7],
    [`${MARK}x`, "unknown", 41],
  ])("%j is %s", (tail, kind, bytes) => {
    expect(tailOf(fileOf(RDB.toString() + tail), tail.length)).toMatchObject({ kind, bytes });
  });
});

describe("a glob that no shell expanded", () => {
  const folder = folderOf({ "b.rdb": "", "a.rdb": "", ".c.rdb": "", "d[1].rdb": "", "e.gz": "" });
  const names = (glob: string) => expandGlobs([path.join(folder, glob)]).map((file) => path.basename(file));

  it.each([
    ["*.rdb", ["a.rdb", "b.rdb", "d[1].rdb"]],
    ["?.rdb", ["a.rdb", "b.rdb"]],
    ["[!a].*", ["b.rdb", "e.gz"]],
    [".*", [".c.rdb"]],
    ["d[1].rdb", ["d[1].rdb"]],
    ["none.rdb", ["none.rdb"]],
  ])("%s is the files that match, in order", (glob, found) => expect(names(glob)).toEqual(found));

  it("goes through folders", () => {
    const up = path.join(path.dirname(folder), `${path.basename(folder).slice(0, -1)}?`, "[ab].rdb");
    expect(expandGlobs([up])).toEqual(expect.arrayContaining([path.join(folder, "a.rdb")]));
  });

  it("that matches nothing, or too much, is an error", () => {
    expect(() => names("*.zip")).toThrow(IoError);
    expect(() => expandOne(path.join(folder, "*.rdb"))).toThrow(UsageError);
    expect(expandOne(path.join(folder, "e*"))).toBe(path.join(folder, "e.gz"));
  });
});
