import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import { describe, expect, test } from "vitest";
import { runInside } from "../cli/run-inside.ts";
import { ask, run, workFolder } from "../pipeline/support.ts";
import { stringValue } from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { lz4Frame, vcs, zstdFrame } from "../support/wrap.ts";

const folder = workFolder();
const KEYS = 300;
const DAMAGED = 150;
const name = (i: number) => `session:of:visitor-${i}`;

/** 300 keys in two databases, `RESIZEDB` before each half. */
function snapshot(magic: "REDIS" | "VALKEY" = "REDIS"): RdbWriter {
  const writer = new RdbWriter(magic, magic === "REDIS" ? 11 : 80).aux("redis-ver", "7.2.6");
  writer.aux("ctime", "1750000000").selectDb(0).resizeDb(DAMAGED, 0);
  for (let i = 0; i < DAMAGED; i++) writer.key(name(i), stringValue(`value ${i}`));
  writer.selectDb(1).resizeDb(KEYS - DAMAGED, 0);
  for (let i = DAMAGED; i < KEYS; i++) writer.key(name(i), stringValue(`value ${i}`));
  return writer;
}

const writer = snapshot();
const whole = writer.end();
const at = (i: number) => writer.rows[i]!.recordOffset;
const ends = (i: number) => at(i) + writer.rows[i]!.serializedBytes;

function store(file: string, bytes: Uint8Array): string {
  const stored = path.join(folder, file);
  fs.writeFileSync(stored, bytes);
  return stored;
}

function overwritten(start: number, bytes: number): Buffer {
  return Buffer.from(whole).fill(0xee, start, start + bytes);
}

const cut = store("cut.rdb", whole.subarray(0, at(100) + 10));
const damaged = store("damaged.rdb", overwritten(at(70), 8));
const flipped = store("flipped.rdb", Buffer.from(whole).fill("x", ends(70) - 2, ends(70)));
const texts = async (...args: string[]) => {
  const { status, stdout, stderr } = await runInside(args);
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
};
const SALVAGED = /salvaged: (\d+) bytes? in 1 place could not be read/;

/** A length that ends where a later record begins. */
const swallowing = () => {
  const bytes = Buffer.from(whole);
  const valueAt = at(70) + 2 + name(70).length;
  bytes.writeUInt16BE(0x4000 | (at(80) - valueAt - 2), valueAt);
  return store("swallowing.rdb", bytes);
};

test.each([[], ["--salvage"]])(
  "what a checksum alone tells of is told with the keys that lack: %j",
  async (...how) => {
    const file = swallowing();
    const output = path.join(folder, "swallowing.sqlite");
    await texts("analyze", file, "-o", output, "--force", ...how);
    expect(ask(output, "SELECT count(*) AS keys FROM keys")).toEqual([{ keys: KEYS - 9 }]);
    const [warning] = ask(output, "SELECT message FROM warnings WHERE code = 'CHECKSUM_MISMATCH'");
    expect(warning?.message).toContain(
      "of 300 keys announced by the databases that were reached 291 are here",
    );
    expect((await texts("verify", file)).stdout).toContain(
      "of 300 keys announced by the databases that were reached 291 are here",
    );
  },
);

describe("without --salvage", () => {
  test.each([
    [cut, "UNEXPECTED_EOF", "100 keys stand before it"],
    [damaged, "UNKNOWN_OPCODE", "70 keys stand before it"],
  ])("damage ends with 3, and what stands before it is told: %s", async (file, code, before) => {
    const ran = await texts("analyze", file, "-o", path.join(folder, "none.sqlite"));
    expect(ran).toMatchObject({ status: 3, stdout: "" });
    expect(ran.stderr).toMatch(
      new RegExp(`^rdbscope: .*${code}.*, at byte \\d+; ${before}: analyze --salvage.*\\n$`),
    );
    expect(fs.existsSync(path.join(folder, "none.sqlite"))).toBe(false);
  });

  test.each(["summary", "types"])("%s advises itself", async (command) => {
    const { stderr } = await texts(command, damaged);
    expect(stderr).toMatch(new RegExp(`before it: ${command} --salvage keeps what can be read\\n$`));
  });

  test("verify tells a fault at length once", async () => {
    const { stdout } = await texts("verify", damaged);
    expect(stdout).toMatch(new RegExp(`^verdict +not sound: UNKNOWN_OPCODE at byte ${at(70)}$`, "m"));
    expect(stdout.match(/analyze --salvage keeps/g)).toHaveLength(1);
  });

  test("verify shows what stands around the fault", async () => {
    const ran = await texts("verify", damaged, "--format", "json");
    expect(ran.status).toBe(3);
    const [found] = JSON.parse(ran.stdout);
    const hexOf = (start: number, end: number) =>
      fs
        .readFileSync(damaged)
        .subarray(start, end)
        .toString("hex")
        .replace(/..(?=.)/g, "$& ");
    expect(found).toMatchObject({ keys: 70, checksum: "unread", faults: [{ code: "UNKNOWN_OPCODE" }] });
    expect(found.fault_place).toEqual({
      offset: at(70),
      last_key: name(69),
      bytes_before: hexOf(at(70) - 16, at(70)),
      bytes_from: hexOf(at(70), at(70) + 16),
    });
  });

  const headless = Buffer.from(whole).fill("x", 0, 9);
  test.each([
    ["a lost header", store("headless.rdb", headless), /; analyze --salvage reads the records behind it\n$/],
    ["packed", store("headless.rdb.gz", zlib.gzipSync(headless)), /; analyze --salvage reads .* it\n$/],
    ["text", store("text", Buffer.alloc(1e5, "no snapshot at all\n")), /BAD_MAGIC: [^;]*\n$/],
    ["zeros, packed", store("zeros.gz", zlib.gzipSync(Buffer.alloc(1e5))), /BAD_MAGIC: [^;]*\n$/],
  ])("what is no snapshot says so, and that --salvage helps where it does: %s", async (_, file, message) => {
    for (const command of ["verify", "types"]) {
      const ran = await texts(command, file);
      const own = command === "verify" ? message.source : message.source.replace("analyze", command);
      expect(ran).toMatchObject({ status: 3, stdout: "", stderr: expect.stringMatching(new RegExp(own)) });
    }
    const salvaged = await texts("types", file, "--salvage", "--format", "json");
    expect(salvaged.status).toBe(message.source.includes("salvage") ? 0 : 3);
  });

  test("export --values ends at the damage, and says what to do", async () => {
    const output = path.join(folder, "values.txt");
    const ran = await texts("export", damaged, "--values", "keys", "-o", output);
    expect(ran.status).toBe(3);
    expect(ran.stderr).toMatch(/at byte \d+; export --salvage passes over what is damaged\n$/);
    expect(fs.existsSync(output)).toBe(false);
  });

  test.each([80, 100, 120])("verify is readable on a terminal of %i columns", async (columns) => {
    const ran = await runInside(["verify", damaged, "--no-color", "--quiet"], columns);
    const lines = ran.stdout.toString().trimEnd().split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    const at = lines[0]!.indexOf("Value");
    expect(lines.every((line) => /^ {2}\S/.test(line.slice(at - 2)))).toBe(true);
    const labels = lines.map((line) => line.slice(0, at).trim());
    expect(labels).toEqual(expect.arrayContaining(["reading ended at", "last key before", "bytes before"]));
    expect(lines.join("\n")).not.toMatch(/…|fault_place|last_key/);
  });

  test("verify has the bytes of a last key that is not text in JSON", async () => {
    const key = Buffer.from([0xff, 0x00, 0x5c]);
    const writer = new RdbWriter("REDIS", 11)
      .selectDb(0)
      .key(key, stringValue("v"))
      .key("next", stringValue("v"));
    const bytes = writer.end();
    const file = store("binary-name.rdb", bytes.subarray(0, writer.rows[1]!.recordOffset + 3));
    const [found] = JSON.parse((await texts("verify", file, "--format", "json")).stdout);
    expect(found.fault_place.last_key).toEqual({ base64: key.toString("base64") });
    expect((await texts("verify", file)).stdout).toMatch(/^last key before +\\xFF\\x00\\\\$/m);
  });

  test("verify tells of a cut in a name, too", async () => {
    const inName = store("in-name.rdb", whole.subarray(0, at(40) + 6));
    const [found] = JSON.parse((await texts("verify", inName, "--format", "json")).stdout);
    expect(found).toMatchObject({ keys: 40, fault_place: { offset: at(40) + 6, last_key: name(39) } });
  });
});

describe("with --salvage", () => {
  test.each([
    ["nothing is said of a sound snapshot", store("sound.rdb", whole), KEYS, "ok", []],
    ["a cut costs what is behind it", cut, 100, "unread", ["LOST", "SALVAGED"]],
    ["overwritten bytes cost what stood there", damaged, KEYS - 1, "mismatch", ["LOST", "SALVAGED"]],
    ["a changed value costs nothing but the checksum", flipped, KEYS, "mismatch", []],
  ])("analyze ends with 0: %s", async (title, file, keys, checksum, codes) => {
    const output = path.join(folder, `${title}.sqlite`);
    expect((await texts("analyze", file, "--salvage", "-o", output)).status).toBe(0);
    const salvaged = Number(codes.length > 0);
    expect(ask(output, "SELECT keys, checksum, complete, salvaged FROM snapshots")).toEqual([
      { keys, checksum, complete: 1 - salvaged, salvaged },
    ]);
    const found = ask(output, "SELECT code FROM warnings WHERE code IN ('LOST', 'SALVAGED') ORDER BY code");
    expect(found.map(({ code }) => code)).toEqual(codes);
    expect(ask(output, "SELECT count(*) AS n FROM keys")).toEqual([{ n: keys }]);
    expect(ask(output, "PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
  });

  test.each([
    ["cut", cut, 100],
    ["damaged", damaged, KEYS - 1],
  ])("export writes the values that analyze finds: %s", async (title, file, keys) => {
    const ran = await texts("export", file, "--values", "ndjson", "--salvage");
    expect(ran.status).toBe(0);
    expect(ran.stderr).toMatch(/salvaged: .*\n.*lost: bytes \d+ to \d+/);
    expect(ran.stderr).not.toContain("lost_ranges");
    const rows = ran.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const found = rows.map(({ key }) => Number(key.slice(name(0).length - 1)));
    const wanted = Array.from({ length: KEYS }, (_, i) => i).filter((i) =>
      keys === 100 ? i < 100 : i !== 70,
    );
    expect(found).toEqual(wanted);
    expect(rows.every(({ value }, i) => value === `value ${wanted[i]}`)).toBe(true);
    expect(rows.every(({ db }, i) => db === (wanted[i]! < DAMAGED ? 0 : 1))).toBe(true);
    const output = path.join(folder, `values-of-${title}.sqlite`);
    expect((await texts("analyze", file, "--salvage", "-o", output)).status).toBe(0);
    expect(ask(output, "SELECT count(*) AS n FROM keys")).toEqual([{ n: keys }]);
  });

  test("export --salvage of what holds nothing is damage", async () => {
    const noise = store("noise", Buffer.from("REDIS0011".padEnd(5000, "no records here ")));
    expect(await texts("export", noise, "--values", "keys", "--salvage")).toMatchObject({
      status: 3,
      stdout: "",
      stderr: expect.stringContaining("no key could be salvaged"),
    });
  });

  test.each([1, 3])("a lost range has the keys on either side (%i threads)", async (workers) => {
    const { output } = await run(folder, [damaged], { salvage: true, workers });
    const [range, ...others] = ask(output, "SELECT * FROM lost_ranges");
    expect(others).toEqual([]);
    expect(range).toMatchObject({
      start_offset: at(70),
      end_offset: ends(70),
      code: "UNKNOWN_OPCODE",
      db: null,
      key_before: name(69),
      key_after: name(71),
    });
    expect(range!.records_after).toBeGreaterThan(0);
    const [lost] = ask(output, "SELECT message, byte_offset FROM warnings WHERE code = 'LOST'");
    expect(lost).toMatchObject({ byte_offset: at(70) });
    expect(lost!.message).toContain(
      `bytes ${at(70)} to ${ends(70)}, between "${name(69)}" and "${name(71)}"`,
    );
  });

  test("a snapshot that ends behind its header has no keys, and is marked", async () => {
    const { output, snapshots } = await run(folder, [store("header.rdb", whole.subarray(0, 9))], {
      salvage: true,
    });
    expect(snapshots[0]).toMatchObject({ keys: 0, salvaged: true, lostBytes: 0, checksum: "unread" });
    const [lost] = ask(output, "SELECT message FROM warnings WHERE code = 'LOST'");
    expect(lost!.message).toMatch(/^lost: whatever followed byte 9 \(UNEXPECTED_EOF/);
  });

  test("the number of a database is guessed, and that is told", async () => {
    const start = ends(DAMAGED - 1);
    const file = store("database.rdb", overwritten(start, at(DAMAGED) - start + 4));
    const { output, snapshots } = await run(folder, [file], { salvage: true });
    expect(snapshots[0]!.warnings.map(({ code }) => code)).toContain("DATABASE_GUESSED");
    expect(ask(output, "SELECT db, count(*) AS n FROM keys GROUP BY db")).toEqual([
      { db: 0, n: DAMAGED },
      { db: 1, n: KEYS - DAMAGED - 1 },
    ]);
    expect(ask(output, "SELECT start_offset, db FROM lost_ranges")).toEqual([{ start_offset: start, db: 1 }]);
  });

  test("a lost header is guessed, and that is told", async () => {
    const file = store("headless.rdb", overwritten(0, 9));
    expect((await texts("types", file)).status).toBe(3);
    const { output, snapshots } = await run(folder, [file], { salvage: true });
    expect(snapshots[0]).toMatchObject({ keys: KEYS, salvaged: true });
    expect(snapshots[0]!.warnings.map(({ code }) => code)).toContain("HEADER_LOST");
    expect(ask(output, "SELECT complete, salvaged FROM snapshots")).toEqual([{ complete: 0, salvaged: 1 }]);
  });

  test("what is no snapshot is refused all the same", async () => {
    const text = store("text.rdb", Buffer.from("not a snapshot at all, but a text. ".repeat(100)));
    const ran = await texts("types", text, "--salvage");
    expect([ran.status, ran.stderr]).toEqual([3, expect.stringMatching(/BAD_MAGIC/)]);
  });

  test.each([
    ["gzip", (bytes: Buffer) => zlib.gzipSync(bytes)],
    ["lz4", lz4Frame],
    ["zstd", zstdFrame],
    ["vcs", vcs],
  ])("a truncated %s gives what can be unpacked", async (layer, wrap) => {
    const noisy = snapshot();
    for (let i = 0; i < 10_000; i++) noisy.key(`more:${i}`, stringValue(`${Math.sin(i)}`));
    const packed = wrap(noisy.end());
    const file = store(`cut.${layer}`, packed.subarray(0, Math.floor(packed.length * 0.7)));
    const plain = await texts("types", file);
    expect([plain.status, plain.stderr]).toEqual([3, expect.stringMatching(/BAD_COMPRESSION/)]);
    const { output, snapshots } = await run(folder, [file], { salvage: true });
    expect(snapshots[0]!.warnings.map(({ code }) => code)).toContain("INPUT_DAMAGED");
    const [found] = ask(output, "SELECT count(*) AS n, sum(key LIKE 'more:%') AS more FROM keys") as [
      { n: number; more: number },
    ];
    expect(found.n).toBe(KEYS + found.more);
    expect(found.more).toBeGreaterThan(1000);
    expect(fs.readdirSync(folder).filter((file) => file.includes("-input"))).toEqual([]);
  });

  test("--hash-keys leaves no name in the file", async () => {
    const twice = Buffer.from(overwritten(at(70), 8)).fill(0xee, at(200), at(200) + 8);
    const file = store("hashed.rdb", twice);
    const { output } = await run(folder, [file], { salvage: true, hashKeys: true });
    expect(
      ask(output, "SELECT count(*) AS n FROM lost_ranges WHERE key_before LIKE '#%' AND key_after LIKE '#%'"),
    ).toEqual([{ n: 2 }]);
    const bytes = fs.readFileSync(output);
    for (const i of [69, 70, 71, 199, 200, 201]) expect(bytes.includes(`visitor-${i}`), name(i)).toBe(false);
  });
});

describe("of a salvaged inventory", async () => {
  const { output } = await run(folder, [damaged], { salvage: true });
  test.each([
    ["summary"],
    ["types"],
    ["encodings"],
    ["patterns"],
    ["ttl"],
    ["bigkeys"],
    ["query", "SELECT count(*) AS n FROM keys"],
    ["explain", name(3)],
    ["verify"],
  ])("%s says that it is", async (command, ...args) => {
    const { status, stdout, stderr } = await texts(command, output, ...args);
    expect(status).toBe(0);
    expect(stdout + stderr).toMatch(SALVAGED);
    const csv = await texts(command, output, ...args, "--format", "csv");
    expect(csv.stderr).toMatch(SALVAGED);
  });

  test("a question to the snapshot itself takes --salvage, too", async () => {
    const ran = await texts("types", damaged, "--salvage", "--format", "json");
    expect(ran.status).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject([{ keys: KEYS - 1 }]);
    expect(ran.stderr).toMatch(SALVAGED);
  });
});
