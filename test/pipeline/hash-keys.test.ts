import { createHmac } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { openInventory } from "../../src/inventory/open.ts";
import { explain } from "../../src/pipeline/explain.ts";
import { findRecords } from "../../src/queries/records.ts";
import { runInside } from "../cli/run-inside.ts";
import * as values from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { ask, KEYS, run, summariesOf, workFolder } from "./support.ts";

const folder = workFolder();
const SECRET = Buffer.from("0123456789abcdef0123456789abcdef");
const hmac = (name: string | Uint8Array, secret = SECRET) =>
  `#${createHmac("sha256", secret).update(name).digest("hex").slice(0, 32)}`;

/** Names that must not be in an inventory of hashed names; each is in the snapshot as a whole name or an element's. */
const NAMES = {
  single: "settings-of-alice",
  deep: "tenant:bob-limited:invoices",
  starred: "literal*star-carol",
  binary: Buffer.from([0xff, 0xfe, ...Buffer.from("binary-dave"), 0x00]),
  long: `erin-${"long-name-".repeat(3000)}end`,
  damaged: "damaged-frank",
  frequent: "frequent-grace",
  element: "field-heidi",
  member: `member-ivan-${"m".repeat(300)}`,
  script: "script-judy",
  tag: "{tag-mallory}:cart",
  expiring: "expiring-niaj",
  lone: "lone-olivia:12345",
};

function snapshot(): Buffer {
  const writer = new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.6").aux("ctime", "1750000000");
  writer.aux("lua", `return redis.call('get', '${NAMES.script}')`);
  for (let i = 0; i < 500; i++) writer.key(`session:${i}`, values.stringValue(`value ${i}`));
  writer.key(NAMES.single, values.stringValue("v")).key(NAMES.deep, values.stringValue("v"));
  writer.key(NAMES.starred, values.stringValue("v")).key(NAMES.binary, values.stringValue("v"));
  writer.key(NAMES.long, values.stringValue("v")).key(NAMES.lone, values.stringValue("v"));
  writer.key(NAMES.frequent, values.stringValue("v"), { freq: 200 });
  writer.key(NAMES.expiring, values.stringValue("v"), { expiresAtMs: 1_750_000_000_000 });
  writer.key(NAMES.tag, values.hashValue([[NAMES.element, "v"]]));
  writer.key("session:set", values.setValue([NAMES.member, "b"]));
  const packed = values.hashPackedValue(16, [["field", "value"]]);
  const body = Buffer.from(packed.body);
  body[7] = 0xf5; // No listpack entry begins so.
  writer.key(NAMES.damaged, { ...packed, body });
  writer.selectDb(1).key(NAMES.starred, values.stringValue("v"));
  return writer.end();
}

const file = path.join(folder, "hashed.rdb");
fs.writeFileSync(file, snapshot());

describe("an inventory with hashed names", () => {
  const options = { hashKeys: SECRET, index: ["key", "pattern"] };

  it.each([
    ["all", 1],
    ["all", 3],
    ["none", 2],
  ] as const)("has no byte of a name in its file (keys: %s, threads: %i)", async (keys, workers) => {
    const { output } = await run(folder, [file], {
      ...options,
      keys,
      workers,
      index: keys === "none" ? [] : options.index,
    });
    const bytes = fs.readFileSync(output);
    const found = Object.values(NAMES).filter((name) => {
      const whole = Buffer.from(name);
      return [whole, whole.subarray(0, 16), whole.subarray(-10)].some((part) => bytes.includes(part));
    });
    expect(found).toEqual([]);
    expect(bytes.includes("session:1")).toBe(false);
    expect(ask(output, "PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
  });

  it("has the same rows as one without, but for names", async () => {
    const [plain, hashed] = [await run(folder, [file]), await run(folder, [file], { hashKeys: SECRET })];
    const shown = (text: unknown) =>
      typeof text === "string" && text.includes("*") && text !== NAMES.starred ? text : undefined;
    const expected = ask(plain.output, KEYS).map(({ key, pattern, ...row }) => ({
      ...row,
      key: hmac(key as string | Buffer),
      pattern: key === NAMES.lone ? hmac(pattern as string) : (shown(pattern) ?? hmac(pattern as string)),
    }));
    expect(ask(hashed.output, KEYS)).toEqual(expected.map((row) => expect.objectContaining(row)));
  });

  it("shows patterns of two names or more, and no others", async () => {
    const { output } = await run(folder, [file], { hashKeys: SECRET });
    const patterns = ask(output, "SELECT DISTINCT pattern FROM rollup ORDER BY pattern").map(
      ({ pattern }) => pattern,
    );
    expect(patterns.filter((text) => !/^#[0-9a-f]{32}$/.test(text as string))).toEqual(["*", "session:*"]);
    expect(patterns).toContain(hmac(NAMES.single));
    expect(patterns).toContain(hmac(NAMES.starred));
    expect(patterns).toContain(hmac("lone-olivia:*"));
  });

  it("hashes the largest element, a damaged key's name, scripts, and filters over names", async () => {
    const { output, snapshots } = await run(folder, [file], { hashKeys: SECRET });
    const element = ask(
      output,
      "SELECT largest_element AS name FROM big_keys WHERE ranked_by = 'bytes' AND type = 'hash' AND largest_element IS NOT NULL",
    );
    expect(element).toEqual([{ name: hmac(NAMES.element) }]);
    expect(snapshots[0]!.warnings.map(({ message }) => message).join()).toContain(
      `in the value of ${hmac(NAMES.damaged)}`,
    );
    expect(ask(output, "SELECT value FROM aux_fields WHERE name IN ('redis-ver', 'lua')")).toEqual([
      { value: "7.2.6" },
      { value: hmac(`return redis.call('get', '${NAMES.script}')`) },
    ]);
    expect(ask(output, "SELECT key FROM hot_keys")).toEqual([{ key: hmac(NAMES.frequent) }]);
    const filtered = await run(folder, [file], {
      hashKeys: SECRET,
      filters: { key: "settings-of-*", types: ["string"] },
    });
    expect(ask(filtered.output, "SELECT key FROM keys")).toEqual([{ key: hmac(NAMES.single) }]);
    expect(ask(filtered.output, "SELECT filters FROM snapshots")).toEqual([
      { filters: JSON.stringify({ key: hmac("settings-of-*"), types: ["string"] }) },
    ]);
  });

  it("has the same hashes with the same secret only", async () => {
    const names = async (hashKeys: Uint8Array | true) => {
      const { output } = await run(folder, [file, file], { hashKeys });
      const id = ask(output, "SELECT DISTINCT hashed_names AS id FROM snapshots").map((row) => row.id);
      const keys = ask(output, "SELECT key FROM keys WHERE snapshot = 1 ORDER BY record_offset");
      expect(ask(output, "SELECT key FROM keys WHERE snapshot = 2 ORDER BY record_offset")).toEqual(keys);
      return { id, keys };
    };
    const [a, b, other, random, again] = [
      await names(SECRET),
      await names(SECRET),
      await names(Buffer.alloc(32, 1)),
      await names(true),
      await names(true),
    ];
    expect(b).toEqual(a);
    expect(new Set([a, other, random, again].map(({ id }) => String(id))).size).toBe(4);
    expect(new Set([a, other, random, again].map(({ keys }) => String(keys[0]!.key))).size).toBe(4);
  });

  it("does not depend on the number of threads", async () => {
    const [one, three] = [1, 3].map((workers) => run(folder, [file], { hashKeys: SECRET, workers }));
    expect(summariesOf((await one!).output)).toEqual(summariesOf((await three!).output));
  });

  it("needs a secret that cannot be tried", async () => {
    await expect(run(folder, [file], { hashKeys: Buffer.alloc(15) })).rejects.toThrow(/16 bytes at least/);
  });
});

describe("a key of hashed names", async () => {
  const { output } = await run(folder, [file], { hashKeys: SECRET });
  const key = Buffer.from(NAMES.single);

  it("is explained by its name and the secret, or by its hash", async () => {
    const byName = await explain({ file: output, key, hashSecret: SECRET });
    const byHash = await explain({ file: output, key: Buffer.from(hmac(key)) });
    expect(byName).toEqual(byHash);
    expect(byName).toEqual([expect.objectContaining({ db: 0, key: NAMES.single, pattern: hmac(key) })]);
  });

  it("is not found without the secret, or with another one, and that is told", async () => {
    await expect(explain({ file: output, key })).rejects.toThrow(
      /names in .* are hashed: give the key's hash/,
    );
    const wrong = explain({ file: output, key, hashSecret: Buffer.alloc(32) });
    await expect(wrong).rejects.toThrow(/were hashed with another secret/);
    await expect(explain({ file, key, hashSecret: SECRET })).rejects.toThrow(/is for inventories/);
  });

  it("is found by name in an inventory without hashes all the same", async () => {
    const inventory = openInventory((await run(folder, [file])).output);
    const [found] = findRecords(inventory, { key }, { isSame: () => false, startBytes: 0 }, 100);
    inventory.close();
    expect(found!.records).toHaveLength(1);
  });
});

describe("commands", () => {
  const secretFile = path.join(folder, "secret");
  fs.writeFileSync(secretFile, `${SECRET.toString()}\n`);
  const text = async (...args: string[]) => {
    const { status, stdout, stderr } = await runInside(args);
    return { status, out: stdout.toString(), err: stderr.toString() };
  };

  it("hash names on the way, after filters have seen them", async () => {
    const { out } = await text(
      "bigkeys",
      file,
      "--hash-keys-secret-file",
      secretFile,
      "--key",
      "settings-*",
      "--format",
      "json",
    );
    const rows = JSON.parse(out) as { key: string; ranked_by: string }[];
    expect(rows.map((row) => row.key)).toEqual([hmac(NAMES.single)]);
    const random = await text(
      "query",
      file,
      "SELECT key FROM keys LIMIT 1",
      "--hash-keys",
      "--format",
      "csv",
    );
    expect(random.out).toMatch(/^key\r\n#[0-9a-f]{32}\r\n$/);
    expect(random.err).toMatch(/names of keys and elements are hashed/);
  });

  it("say that names are hashed where one is looked for by name", async () => {
    const { output } = await run(folder, [file], { hashKeys: SECRET });
    const named = await text("types", output, "--key", "settings-*");
    expect([named.status, named.err]).toEqual([
      2,
      expect.stringMatching(/names in .* are hashed: --key and --not-key/),
    ]);
    expect((await text("types", output, "--key", `${hmac(NAMES.single)}`)).out).toMatch(/string +1 /);
    expect((await text("summary", output)).out).toMatch(/note: names of keys and elements are hashed/);
    expect((await text("types", output, "--hash-keys")).err).toMatch(/--hash-keys is for snapshots/);
    const explained = await text("explain", output, NAMES.single, "--hash-keys-secret-file", secretFile);
    expect(explained.out).toContain(NAMES.single);
  });

  it("refuse a secret that is short, or not there", async () => {
    const short = path.join(folder, "short");
    fs.writeFileSync(short, "123456789012345\n");
    const refused = await text("types", file, "--hash-keys-secret-file", short);
    expect([refused.status, refused.err]).toEqual([
      2,
      expect.stringMatching(/16 bytes at least, and this 15/),
    ]);
    expect((await text("types", file, "--hash-keys-secret-file", `${short}er`)).status).toBe(4);
  });
});
