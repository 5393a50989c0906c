import fs from "node:fs";
import { RdbError } from "../../parsers/errors.ts";
import type { RecordReader } from "../../parsers/records.ts";
import { Splitter } from "../../parsers/splitter.ts";
import { TemplateStore } from "../../parsers/templates.ts";
import type { ByteSource } from "../../parsers/window.ts";
import { IoError, UsageError } from "../errors.ts";
import { isSqliteFile, openInventory } from "../inventory/open.ts";
import { FileSource } from "../io/file-source.ts";
import type { InputOptions } from "../io/inputs/index.ts";
import { type FoundRecord, findRecords } from "../queries/records.ts";
import type { SnapshotRow } from "../queries/snapshots.ts";
import { LateTemplates } from "./late-templates.ts";
import type { Plan } from "./origin.ts";
import { SimilarNames, showName } from "./similar-names.ts";
import { windowBytesFor } from "./windows.ts";
import { withPlan } from "./with-plan.ts";

/** Chunks between two looks at the signal. */
const BREATH = 16;
/** Places of one key that are looked at: a server has one a database, a damaged snapshot may have any number. */
const MAX_PLACES = 100;

/** Which key, and where it is looked for. */
export interface KeyOptions extends InputOptions {
  /** A snapshot in whatever form, or an inventory: its content tells. */
  readonly file: string;
  readonly key: Uint8Array;
  /** Only this database; default: every one that holds the key. */
  readonly db?: number | undefined;
  /** Only this snapshot of an inventory of several. */
  readonly snapshot?: number | undefined;
  /** Where the inventory's snapshot is now, when it was moved. */
  readonly snapshotFile?: string | undefined;
  /** Told when the snapshot is damaged behind the places of the key that were found; without it, that is thrown. */
  readonly onDamage?: ((error: RdbError) => void) | undefined;
  /** What the names in the inventory were hashed with; not needed when the hash is given as the key. */
  readonly hashSecret?: Uint8Array | undefined;
}

/** A snapshot that a key is looked for in: `stored` is its row, where an inventory leads to it. */
export interface SearchedSnapshot {
  readonly plan: Plan;
  readonly source: ByteSource;
  readonly aux: ReadonlyMap<string, string>;
  readonly stored: SnapshotRow | undefined;
}

/** Reads the records of a key. */
export interface KeyLook<T> {
  readonly reader: RecordReader;
  /** What is told of the record that the reader just read. */
  readonly take: (pattern: string | null) => T;
}

type Look<T> = (snapshot: SearchedSnapshot) => KeyLook<T>;

/**
 * Reads a key's record in each database (and snapshot) that holds it. Of a snapshot that an inventory leads to only the
 * key's own record is read; any other is searched.
 * @throws {UsageError} when no such key is there, or the snapshot is not the one that was analyzed any more
 */
export async function findKey<T>(options: KeyOptions, look: Look<T>): Promise<T[]> {
  const similar = new SimilarNames(options.key);
  const found = isSqliteFile(options.file)
    ? await fromInventory(options, look, similar)
    : await fromSnapshotFile(options, look, similar);
  if (found.length > 0) return found;
  const where = options.db === undefined ? "" : ` in database ${options.db}`;
  throw new UsageError(
    `${options.file} holds no key ${showName(options.key)}${where}${similar.hint(options.db)}`,
  );
}

function fromSnapshotFile<T>(options: KeyOptions, look: Look<T>, similar: SimilarNames): Promise<T[]> {
  for (const name of ["snapshot", "snapshotFile", "hashSecret"] as const) {
    if (options[name] === undefined) continue;
    throw new UsageError(`${name} is for inventories; ${options.file} is a snapshot itself`);
  }
  return withPlan(options.file, options, (plan) => fromSnapshot(options, plan, undefined, look, similar));
}

async function fromInventory<T>(options: KeyOptions, look: Look<T>, similar: SimilarNames): Promise<T[]> {
  const inventory = openInventory(options.file);
  try {
    const all: T[] = [];
    for (const { snapshot, records } of findRecords(inventory, options, similar, MAX_PLACES + 1)) {
      const found = await withAnalyzed(snapshot, options, async (plan) =>
        records === undefined
          ? fromSnapshot(options, plan, snapshot, look, similar)
          : fromRecords(options, plan, snapshot, look, records),
      );
      all.push(...found);
    }
    return all;
  } finally {
    inventory.close();
  }
}

/**
 * Opens the snapshot that was analyzed, and unpacks it once more if need be.
 * @throws {UsageError} when it is another one now, {IoError} when it is gone
 */
async function withAnalyzed<T>(
  snapshot: SnapshotRow,
  options: KeyOptions,
  use: (plan: Plan) => Promise<T>,
): Promise<T> {
  const path = options.snapshotFile ?? snapshot.path;
  if (path === "-" && options.snapshotFile === undefined) {
    throw new UsageError(
      "the snapshot was read from the standard input: say where it is with --snapshot-file FILE",
    );
  }
  try {
    return await withPlan(path, { ...options, salvage: snapshot.salvaged === 1 }, (plan) => {
      if (plan.fingerprint === snapshot.fingerprint) return use(plan);
      throw new UsageError(`${path} is not the snapshot that was analyzed: analyze it again`);
    });
  } catch (error) {
    if (!(error instanceof IoError) || options.snapshotFile !== undefined || fs.existsSync(path)) throw error;
    throw new IoError(`${error.message}; say where the snapshot is now: --snapshot-file FILE`, {
      cause: error,
    });
  }
}

function tooMany({ file, key, db }: KeyOptions): UsageError {
  const hint =
    db === undefined ? "choose a database with -n" : "no server writes a key twice, so it is damaged";
  return new UsageError(`${file} holds the key ${showName(key)} more than ${MAX_PLACES} times: ${hint}`);
}

/** Reads records at their offsets. */
function fromRecords<T>(
  options: KeyOptions,
  plan: Plan,
  stored: SnapshotRow,
  look: Look<T>,
  found: readonly FoundRecord[],
): T[] {
  if (found.length > MAX_PLACES) throw tooMany(options);
  const source = new FileSource(plan.file, plan.identity);
  try {
    const { reader, take } = look({ plan, source, aux: new Map(), stored });
    reader.values.templates = new LateTemplates(source, plan.header);
    return found.map(({ db, offset, bytes, pattern }) => {
      reader.begin(source, plan.header, { start: offset, end: offset + bytes, db });
      reader.next();
      return take(pattern);
    });
  } finally {
    source.close();
  }
}

/** Searches a snapshot: to the key when a database is given, else through all databases. */
async function fromSnapshot<T>(
  options: KeyOptions,
  plan: Plan,
  stored: SnapshotRow | undefined,
  look: Look<T>,
  similar: SimilarNames,
): Promise<T[]> {
  const { db, signal } = options;
  const source = new FileSource(plan.file, plan.identity);
  const found: T[] = [];
  try {
    const windowBytes = windowBytesFor(plan.bytes);
    const sizes = { windowBytes, chunkBytes: windowBytes };
    const splitter = new Splitter(source, plan.header, sizes);
    const templates = new TemplateStore();
    let chunk = splitter.next();
    const { reader, take } = look({ plan, source, aux: splitter.facts.aux, stored });
    reader.values.templates = templates;
    let isIt = false;
    reader.wanted = () => {
      isIt = similar.isSame(reader.key, reader.keyLength, reader.db);
      if (db !== undefined && reader.db !== db) isIt = false;
      return isIt;
    };
    for (let known = 0; chunk !== undefined; chunk = splitter.next()) {
      const { templates: places } = splitter.facts;
      if (places.length > known) templates.add(places.slice(known));
      known = places.length;
      if (chunk.index % BREATH === 0) await breathe(signal);
      reader.begin(source, plan.header, chunk);
      while (reader.next()) {
        if (!isIt) continue;
        if (found.length === MAX_PLACES) throw tooMany(options);
        found.push(take(null));
        if (db !== undefined) return found;
      }
    }
    return found;
  } catch (error) {
    if (!(error instanceof RdbError) || found.length === 0 || options.onDamage === undefined) throw error;
    options.onDamage(error);
    return found;
  } finally {
    source.close();
  }
}

/** Lets signals be heard. */
async function breathe(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}
