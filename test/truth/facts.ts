import { join } from "node:path";
import { analyze, openInventory } from "../../src/index.ts";
import { readTruthFolder, type Truth, type TruthFolder, tagOf } from "./folder.ts";

/** A key that ended between loading and being asked has no answer. */
const ASKED_WITHIN_MS = 60_000;
/** Before 7.0 there was no PEXPIRETIME: the truth was computed from PTTL. Measured: off by at most 1 ms, on 34 keys. */
const OLD_EXPIRY_TOLERANCE_MS = 2;
const SHOWN = 5;
/** Types whose length a snapshot tells; a module's (vectorset) is known to the module only. */
const CORE_TYPES = new Set(["string", "list", "set", "zset", "hash", "stream"]);

interface Row {
  readonly db: number;
  readonly key: string | Buffer;
  readonly type: string;
  readonly elements: number | null;
  readonly largest_element_bytes: number | null;
  readonly expires_at: number | null;
}

/** What an inventory says of a recorded snapshot, beside what the server said. */
export interface Facts {
  readonly rows: number;
  readonly expired: number;
  /** Hashes whose expired fields the server dropped, and module values: their length is not compared. */
  readonly droppedFields: number;
  readonly modules: number;
  /** A line for everything that differs. */
  readonly found: readonly string[];
}

/** Rows, type, length and expiry of every key of a folder's own snapshot; the inventory is written into `temp`. */
export async function compareFacts(path: string, temp: string): Promise<Facts> {
  const folder = readTruthFolder(path);
  const output = join(temp, `${folder.name.replaceAll("/", "_")}.sqlite`);
  const result = await analyze({ inputs: [folder.snapshot], output, force: true, workers: 1 });
  const counted = result.snapshots[0];
  const inventory = openInventory(output);
  try {
    const facts = new Comparison(folder);
    for (const row of inventory.iterate<Row>(
      "SELECT db, key, type, elements, largest_element_bytes, expires_at FROM keys",
    )) {
      facts.row(row);
    }
    facts.missing();
    if (counted?.keys !== facts.rows)
      facts.add("keys", `${counted?.keys} counted, ${facts.rows} in the rows`);
    if (counted?.checksum !== "ok") facts.add("checksum", String(counted?.checksum));
    return facts;
  } finally {
    inventory.close();
  }
}

/** Collects what differs, the first few of each kind. */
class Comparison implements Facts {
  rows = 0;
  expired = 0;
  droppedFields = 0;
  modules = 0;
  readonly found: string[] = [];
  private readonly folder: TruthFolder;
  private readonly seen = new Set<string>();
  private readonly counts = new Map<string, number>();

  constructor(folder: TruthFolder) {
    this.folder = folder;
  }

  add(kind: string, example: string): void {
    const count = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, count);
    if (count <= SHOWN) this.found.push(`${kind}: ${example}`);
  }

  row(row: Row): void {
    const { folder, seen } = this;
    const key = Buffer.from(row.key);
    const tag = tagOf(row.db, key);
    const name = `${row.db}:${JSON.stringify(key.toString("latin1").slice(0, 60))}`;
    const truth = folder.truths.get(tag);
    this.rows++;
    if (seen.has(tag)) this.add("key twice", name);
    seen.add(tag);
    if (truth !== undefined) this.compare(name, row, truth);
    else if (row.expires_at !== null && row.expires_at <= folder.loadedAt + ASKED_WITHIN_MS) this.expired++;
    else this.add("key the server does not have", `${name}, expires at ${row.expires_at}`);
  }

  missing(): void {
    for (const tag of this.folder.truths.keys()) if (!this.seen.has(tag)) this.add("key missing", tag);
  }

  private compare(name: string, row: Row, truth: Truth): void {
    if (!CORE_TYPES.has(truth.type)) this.modules++;
    else if (row.type !== truth.type) this.add("type", `${name}: ${row.type}, not ${truth.type}`);
    else this.length(name, row, truth);
    const computed =
      /^redis-[456]\./.test(this.folder.server) && row.expires_at !== null && truth.expiresAt >= 0;
    const off = Math.abs((row.expires_at ?? -1) - truth.expiresAt);
    if (off > (computed ? OLD_EXPIRY_TOLERANCE_MS : 0)) {
      this.add("expiry", `${name}: ${row.expires_at}, not ${truth.expiresAt}`);
    }
  }

  private length(name: string, row: Row, truth: Truth): void {
    const length = row.type === "string" ? row.largest_element_bytes : row.elements;
    if (length === truth.length) return;
    const drops = /^valkey-9\./.test(this.folder.server) && row.type === "hash";
    if (drops && length !== null && length > truth.length) this.droppedFields++;
    else this.add(`length of ${row.type}`, `${name}: ${length}, not ${truth.length}`);
  }
}
