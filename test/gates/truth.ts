/**
 * Truth gate: what real servers answered after loading a snapshot, against the inventory of the same snapshot.
 * `node --import tsx test/gates/truth.ts [../shared/truth] [only]`, `only` being a part of a path, as `redis-7.2`.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { analyze, openInventory } from "../../src/index.ts";
import { readTsv, skipLoudly, withTempFolder } from "./shared.ts";

const MIN_EXACT_SHARE = 0.98;
const SHOWN = 5;
/** The truths were loaded before this moment: a key missing from one must have expired by then. */
const LOADED_BEFORE_MS = Date.UTC(2026, 11, 1);
/** Before 7.0 there was no PEXPIRETIME: the truth was computed from PTTL. Measured: off by at most 1 ms, on 34 keys. */
const OLD_EXPIRY_TOLERANCE_MS = 2;
/** What is measured against memory, not only against facts. */
const MEASURED = new Set(["redis-7.2/edge", "redis-7.2/realistic"]);
/** OBJECT ENCODING is compared where our default profile is the server itself. */
const ENCODINGS = /^redis-7\.2\//;

/** Types whose length a snapshot tells; a module's (vectorset) is known to the module only. */
const CORE_TYPES = new Set(["string", "list", "set", "zset", "hash", "stream"]);

interface Truth {
  readonly type: string;
  readonly encoding: string;
  readonly length: number;
  readonly bytes: number;
  readonly min: number;
  readonly max: number;
  readonly expiresAt: number;
}

interface Row {
  readonly db: number;
  readonly key: string | Buffer;
  readonly type: string;
  readonly encoding: string;
  readonly bytes: number;
  readonly elements: number | null;
  readonly largest_element_bytes: number | null;
  readonly expires_at: number | null;
}

const tagOf = (db: number, key: Buffer) => `${db} ${key.toString("base64")}`;

function readTruth(file: string): Map<string, Truth> {
  const rows = readTsv(gunzipSync(readFileSync(file)).toString("utf8"));
  return new Map(
    rows.map((row) => [
      tagOf(Number(row.db), Buffer.from(row.key_base64!, "base64")),
      {
        type: row.type!,
        encoding: row.object_encoding!,
        length: Number(row.length),
        bytes: Number(row.memory_usage),
        min: Number(row.memory_usage_min),
        max: Number(row.memory_usage_max),
        expiresAt: Number(row.pexpiretime_ms),
      },
    ]),
  );
}

/** Deviations by kind: a count and the first few of each. */
class Deviations {
  private readonly found = new Map<string, { count: number; examples: string[] }>();

  add(kind: string, example: string): void {
    const entry = this.found.get(kind) ?? { count: 0, examples: [] };
    entry.count++;
    if (entry.examples.length < SHOWN) entry.examples.push(example);
    this.found.set(kind, entry);
  }

  /** Prints a line a deviation shown and one for the rest; returns how many kinds there are. */
  print(folder: string): number {
    for (const [kind, { count, examples }] of this.found) {
      for (const example of examples) console.log(`DEVIATION ${folder} ${kind}: ${example}`);
      if (count > examples.length) console.log(`DEVIATION ${folder} ${kind}: … ${count} in all`);
    }
    return this.found.size;
  }
}

interface Facts {
  readonly folder: string;
  readonly server: string;
  readonly deviations: Deviations;
  worstExpiryMs: number;
  droppedFields: number;
  modules: number;
}

/** Elements of a container; of a string its length. */
const lengthOf = (row: Row) => (row.type === "string" ? row.largest_element_bytes : row.elements);

function compareKey(facts: Facts, name: string, row: Row, truth: Truth): void {
  const { deviations, server } = facts;
  if (row.type !== truth.type) deviations.add("type", `${name}: ${row.type}, not ${truth.type}`);
  const length = lengthOf(row);
  if (length === null && !CORE_TYPES.has(truth.type)) facts.modules++;
  else if (length !== truth.length) {
    const dropsFields =
      server === "valkey-9.1" && row.type === "hash" && length !== null && length > truth.length;
    if (dropsFields) facts.droppedFields++;
    else if (truth.type === row.type)
      deviations.add(`length of ${row.type}`, `${name}: ${length}, not ${truth.length}`);
  }
  const expiry = Math.abs((row.expires_at ?? -1) - truth.expiresAt);
  facts.worstExpiryMs = Math.max(facts.worstExpiryMs, expiry);
  const tolerated =
    /^redis-[456]\./.test(server) && row.expires_at !== null && truth.expiresAt >= 0
      ? OLD_EXPIRY_TOLERANCE_MS
      : 0;
  if (expiry > tolerated) deviations.add("expiry", `${name}: ${row.expires_at}, not ${truth.expiresAt}`);
  if (ENCODINGS.test(facts.folder) && row.encoding !== truth.encoding) {
    deviations.add("encoding", `${name}: ${row.type}/${row.encoding}, not ${truth.encoding}`);
  }
}

interface Group {
  keys: number;
  exact: number;
  /** Of these, off by one bucket array. */
  bucketArrays: number;
  worst: number;
  worstKey: string;
  ours: number;
  theirs: number;
}

/** Smallest bucket array of a dict: 4 pointers. */
const MIN_BUCKETS = 4;

/**
 * A hash that is a hashtable may be caught mid-rehash: off by one bucket array counts as right. An array is 2^n
 * pointers, at least 4 and at most twice what the fields need, so that no other slip of 8 or 16 bytes passes for one.
 */
function isOneBucketArrayOff(row: Row, truth: Truth): boolean {
  if (truth.type !== "hash" || truth.encoding !== "hashtable") return false;
  const most = 2 * Math.max(MIN_BUCKETS, 2 ** Math.ceil(Math.log2(truth.length)));
  return [truth.bytes, truth.min, truth.max].some((bytes) => {
    const buckets = Math.abs(row.bytes - bytes) / 8;
    return Number.isInteger(Math.log2(buckets)) && buckets >= MIN_BUCKETS && buckets <= most;
  });
}

function measure(groups: Map<string, Group>, name: string, row: Row, truth: Truth): void {
  const kind = `${truth.type}/${truth.encoding}`;
  const group = groups.get(kind) ?? {
    keys: 0,
    exact: 0,
    bucketArrays: 0,
    worst: 0,
    worstKey: "",
    ours: 0,
    theirs: 0,
  };
  groups.set(kind, group);
  group.keys++;
  group.ours += row.bytes;
  group.theirs += truth.bytes;
  if (row.bytes >= truth.min && row.bytes <= truth.max) {
    group.exact++;
    return;
  }
  if (isOneBucketArrayOff(row, truth)) {
    group.exact++;
    group.bucketArrays++;
    return;
  }
  const error = Math.abs(row.bytes - truth.bytes) / truth.bytes;
  if (error >= group.worst) {
    group.worst = error;
    group.worstKey = `${name}: ${row.bytes}, not ${truth.bytes}`;
  }
}

/** Prints the table; returns the share of exact keys. */
function printGroups(folder: string, groups: Map<string, Group>): number {
  const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(2)}%`;
  console.log(
    `\n${folder}: bytes against MEMORY USAGE\n${"type/encoding".padEnd(22)}${"keys".padStart(8)}${"exact".padStart(10)}${"total".padStart(10)}${"worst".padStart(10)}`,
  );
  let keys = 0;
  let exact = 0;
  for (const [kind, group] of [...groups].sort()) {
    keys += group.keys;
    exact += group.exact;
    const total = percent(group.ours - group.theirs, group.theirs);
    const worst = group.worst === 0 ? "" : percent(group.worst, 1);
    const arrays = group.bucketArrays === 0 ? "" : ` (${group.bucketArrays} by a bucket array)`;
    console.log(
      `${kind.padEnd(22)}${String(group.keys).padStart(8)}${percent(group.exact, group.keys).padStart(10)}${total.padStart(10)}${worst.padStart(10)}  ${group.worstKey}${arrays}`,
    );
  }
  console.log(`${"all".padEnd(22)}${String(keys).padStart(8)}${percent(exact, keys).padStart(10)}`);
  return keys === 0 ? 0 : exact / keys;
}

/** A key name that is safe to print. */
const shown = (db: number, key: Buffer) => `${db}:${JSON.stringify(key.toString("latin1").slice(0, 60))}`;

async function checkFolder(root: string, folder: string, temp: string): Promise<boolean> {
  const dump = join(root, folder, "dump.rdb");
  const output = join(temp, `${folder.replaceAll("/", "_")}.sqlite`);
  const truths = readTruth(join(root, folder, "truth.tsv.gz"));
  const facts: Facts = {
    folder,
    server: folder.split("/")[0]!,
    deviations: new Deviations(),
    worstExpiryMs: 0,
    droppedFields: 0,
    modules: 0,
  };
  const { deviations } = facts;
  const result = await analyze({ inputs: [dump], output, force: true });
  const inventory = openInventory(output);
  const groups = new Map<string, Group>();
  const seen = new Set<string>();
  let expired = 0;
  try {
    const rows = inventory.all(
      "SELECT db, key, type, encoding, bytes, elements, largest_element_bytes, expires_at FROM keys",
    ) as unknown as Row[];
    const now = Math.min(Date.now(), LOADED_BEFORE_MS);
    for (const row of rows) {
      const key = Buffer.from(row.key);
      const tag = tagOf(row.db, key);
      const name = shown(row.db, key);
      if (seen.has(tag)) deviations.add("key twice", name);
      seen.add(tag);
      const truth = truths.get(tag);
      if (truth !== undefined) {
        compareKey(facts, name, row, truth);
        if (MEASURED.has(folder)) measure(groups, name, row, truth);
      } else if (row.expires_at !== null && row.expires_at <= now) expired++;
      else deviations.add("key the server does not have", `${name}, expires at ${row.expires_at}`);
    }
    for (const tag of truths.keys()) if (!seen.has(tag)) deviations.add("key missing", tag);
    if (rows.length !== truths.size + expired) {
      deviations.add("rows", `${rows.length}, not ${truths.size} + ${expired} expired`);
    }
    const counted = result.snapshots[0];
    if (counted?.keys !== rows.length)
      deviations.add("keys", `result says ${counted?.keys}, the inventory has ${rows.length}`);
    if (counted?.checksum !== "ok") deviations.add("checksum", String(counted?.checksum));
  } finally {
    inventory.close();
  }
  let fine = deviations.print(folder) === 0;
  console.log(
    `${folder}: ${seen.size} rows = ${truths.size} truths + ${expired} expired; expiry off by at most ${facts.worstExpiryMs} ms` +
      `${facts.droppedFields > 0 ? `; ${facts.droppedFields} hashes whose expired fields the server dropped` : ""}` +
      `${facts.modules > 0 ? `; ${facts.modules} module values, whose length is not compared` : ""}`,
  );
  if (MEASURED.has(folder)) {
    const share = printGroups(folder, groups);
    if (share < MIN_EXACT_SHARE) {
      console.log(
        `DEVIATION ${folder} bytes: ${(share * 100).toFixed(2)}% exact, ${MIN_EXACT_SHARE * 100}% are due`,
      );
      fine = false;
    }
  }
  return fine;
}

function foldersOf(root: string, only: string): string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => /^[^/]+\/[^/]+\/dump\.rdb$/.test(path))
    .map((path) => path.replace(/\/dump\.rdb$/, ""))
    .filter((folder) => folder.includes(only))
    .sort();
}

async function main(root: string, only: string): Promise<number> {
  const folders = existsSync(root) ? foldersOf(root, only) : [];
  if (folders.length === 0) {
    skipLoudly("truth", root);
    return 0;
  }
  let bad = 0;
  await withTempFolder(async (temp) => {
    for (const folder of folders) {
      try {
        if (!(await checkFolder(root, folder, temp))) bad++;
      } catch (error) {
        bad++;
        console.log(`DEVIATION ${folder}: ${error instanceof Error ? error.stack : String(error)}`);
      }
    }
  });
  console.log(
    `\ntruth gate: ${folders.length} snapshots, ${folders.length - bad} as they should be, ${bad} not`,
  );
  return bad === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv[2] ?? "../shared/truth", process.argv[3] ?? "");
