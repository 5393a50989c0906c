import { RdbError } from "../../parsers/errors.ts";
import { typesOf } from "../../parsers/types.ts";
import type { CheckResult } from "../../workers/protocol.ts";
import { textOrBytes } from "../inventory/utf8.ts";
import type { InputOptions } from "../io/inputs/index.ts";
import type { Progress } from "./analyze.ts";
import { missingKeys } from "./announced.ts";
import { mergeDamages } from "./damages.ts";
import { runGuarded } from "./guard.ts";
import { inputNotes } from "./input-notes.ts";
import type { Plan } from "./origin.ts";
import { readersFor, WorkerPool } from "./pool.ts";
import { type Checksum, type ReadSnapshot, readSnapshot } from "./read-snapshot.ts";
import { withPlan } from "./with-plan.ts";

export interface VerifyOptions extends InputOptions {
  readonly workers?: number | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Something wrong in a snapshot. */
export interface Fault {
  readonly code: string;
  readonly offset: number;
  readonly message: string;
}

/** What `verify` found. A snapshot is sound when `faults` is empty. */
export interface Verification {
  readonly path: string;
  /** What it was wrapped in, outermost first, as `gzip+vcs`; `rdb` for a bare one. */
  readonly input: string;
  readonly magic: string;
  readonly rdb_version: number;
  /** Of the bare snapshot; offsets count in it. */
  readonly file_bytes: number;
  readonly keys: number;
  readonly with_expiry: number;
  /** By the names of rdb.h, as LIST_QUICKLIST_2. */
  readonly keys_by_type: readonly { readonly type: string; readonly keys: number }[];
  readonly databases: number;
  readonly functions: number;
  readonly modules: readonly string[];
  /** `unread`: the snapshot could not be read as far as that. */
  readonly checksum: Checksum;
  /** Hexadecimal, as the snapshot says and as computed; absent where the snapshot has none. */
  readonly expected_checksum?: string;
  readonly actual_checksum?: string;
  /** What stands around the byte that ended the reading: bytes in hexadecimal; counts are of what stands before it. */
  readonly fault_place?: {
    readonly offset: number;
    /** The beginning of its name; bytes where that is not text. */
    readonly last_key: string | Buffer | null;
    readonly bytes_before: string;
    readonly bytes_from: string;
  };
  readonly trailing_bytes: number;
  /** What was not read, such as the commands of an AOF: no faults. */
  readonly notes: readonly string[];
  readonly aux: Readonly<Record<string, string>>;
  /** In the order of the snapshot. Structural damage ends the reading and is the last one then. */
  readonly faults: readonly Fault[];
}

/**
 * Walks a whole snapshot for its structure and checksum; damage is told, not thrown.
 * @throws {RdbError} BAD_MAGIC when the file is no snapshot, BAD_COMPRESSION when it cannot be unpacked whole.
 * @throws {IoError} when it cannot be read
 */
export async function verify(path: string, options: VerifyOptions = {}): Promise<Verification> {
  options.signal?.throwIfAborted();
  return withPlan(path, options, (plan) => verifyPlan(plan, options));
}

async function verifyPlan(plan: Plan, options: VerifyOptions): Promise<Verification> {
  const { path, file, identity, input, header, bytes } = plan;
  const readers = readersFor(bytes, options.workers);
  const pool = new WorkerPool(readers + 1);
  let bytesDone = 0;
  let keys = 0;
  const base = { path, input, magic: header.magic, rdb_version: header.version, file_bytes: bytes };
  try {
    const read = await runGuarded(pool, options.signal, () =>
      readSnapshot<object, CheckResult>(pool, {
        path: file,
        identity,
        bytes,
        header,
        readers,
        worker: "check",
        begin: () => ({}),
        onChunk(chunk) {
          bytesDone += chunk.bytes;
          keys += chunk.keys;
          options.onProgress?.({ phase: "read", bytesDone, bytesTotal: bytes, keys });
        },
      }),
    );
    const notes = inputNotes(plan, read.facts.trailingBytes).map(({ message }) => message);
    return { ...base, ...soundness(read, typesOf(header.family)), notes };
  } catch (error) {
    if (!(error instanceof RdbError)) throw error;
    return { ...base, ...NOTHING, keys, faults: [faultOf(error)] };
  }
}

function faultOf({ code, offset, message }: RdbError): Fault {
  return { code, offset, message };
}

const NOTHING = {
  with_expiry: 0,
  keys_by_type: [],
  databases: 0,
  functions: 0,
  modules: [],
  checksum: "unread",
  trailing_bytes: 0,
  notes: [],
  aux: {},
} as const;

function soundness(read: ReadSnapshot<CheckResult>, types: ReturnType<typeof typesOf>) {
  const { facts, checksum, crc, readers, damage } = read;
  const faults: Fault[] = mergeDamages(readers.map((r) => r.damages));
  if (checksum === "mismatch")
    faults.push(faultOf(new RdbError("CHECKSUM_MISMATCH", facts.checkedBytes, missingKeys(facts))));
  if (damage !== undefined) faults.push(faultOf(advised(damage.error)));
  const keysByType = types.flatMap((type, code) => {
    const keys = readers.reduce((sum, r) => sum + r.keysByType[code]!, 0);
    return type === undefined || keys === 0 ? [] : [{ type: type.name, keys }];
  });
  return {
    keys: facts.keys,
    with_expiry: readers.reduce((sum, r) => sum + r.withExpiry, 0),
    keys_by_type: keysByType,
    databases: facts.databases.size + facts.unlisted.databases,
    functions: facts.functions.length + facts.unlisted.functions,
    modules: [...new Set(facts.modules.map((m) => m.name))],
    checksum,
    ...(damage === undefined ? {} : { fault_place: placeRow(damage) }),
    ...(checksum === "absent" || facts.checksum === undefined
      ? {}
      : { expected_checksum: hex(facts.checksum), actual_checksum: hex(crc) }),
    trailing_bytes: facts.trailingBytes,
    aux: Object.fromEntries(facts.aux),
    faults,
  };
}

function advised({ code, offset, detail }: RdbError): RdbError {
  return new RdbError(code, offset, detail, "analyze --salvage keeps what can be read");
}

function placeRow({ error, place }: NonNullable<ReadSnapshot<unknown>["damage"]>) {
  const { key, before: bytes_before, from: bytes_from } = place;
  return { offset: error.offset, last_key: key === null ? null : textOrBytes(key), bytes_before, bytes_from };
}

function hex({ high, low }: { high: number; low: number }): string {
  return [high, low].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}
