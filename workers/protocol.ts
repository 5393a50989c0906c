import type { MessagePort } from "node:worker_threads";
import type { RdbErrorCode } from "../parsers/errors.ts";
import type { RdbHeader } from "../parsers/header.ts";
import type { SampleSpec } from "../parsers/sample.ts";
import type { Chunk, SnapshotFacts } from "../parsers/splitter.ts";
import type { TemplatePlaces } from "../parsers/templates.ts";
import type { TallyExport } from "../src/compare/tally.ts";
import type { TableName } from "../src/dataset/tables.ts";
import type { SideRows } from "../src/diff/rows.ts";
import type { SpilledBlock, SpillFile } from "../src/diff/spill.ts";
import type { TallyOptions } from "../src/diff/tally.ts";
import type { ErrorRecord } from "../src/errors.ts";
import type { ModuleId } from "../src/inventory/module-kinds.ts";
import type { LeafPlaces } from "../src/inventory/pages.ts";
import type { PartFacts } from "../src/inventory/parts.ts";
import type { RollupExport } from "../src/inventory/rollup/rollup.ts";
import type { RowRange } from "../src/inventory/row-columns.ts";
import type { RowFile } from "../src/inventory/row-pages.ts";
import type { TargetSpec } from "../src/memory/index.ts";
import type { PatternExport, PatternModel, PatternSettings } from "../src/patterns/index.ts";
import type { KeyFilter } from "../src/pipeline/filter.ts";
import type { ValueFormat } from "../src/values/formats.ts";

/** What a thread can be asked to do. */
export type WorkerName =
  | "split"
  | "read"
  | "check"
  | "compare"
  | "finish"
  | "part"
  | "gather"
  | "values"
  | "diff"
  | "parquet";

/**
 * What the thread that writes values is given. It sends `Uint8Array`s and `ValuesProgress` on the port, null behind
 * the last of them, and returns `ValuesResult`.
 */
export interface ValuesTask {
  readonly path: string;
  readonly identity: string;
  readonly header: RdbHeader;
  readonly format: ValueFormat;
  readonly filter: KeyFilter;
  /** What keys are sized for, where the filter looks at sizes. */
  readonly target: TargetSpec;
  readonly createdAt: number;
  /** Whether damaged bytes are passed over. */
  readonly salvage: boolean;
  readonly port: MessagePort;
  /** An int32: pieces that may be sent before any more are taken; negative: nobody takes them any more. */
  readonly credits: SharedArrayBuffer;
}

/** How far the thread has come. */
export interface ValuesProgress {
  readonly bytesDone: number;
  readonly keys: number;
}

/** What was written of a snapshot. */
export interface ValuesResult {
  readonly facts: SnapshotFacts;
  readonly crcHigh: number;
  readonly crcLow: number;
  readonly keys: number;
  /** Written as null, or as RESTORE. */
  readonly opaqueValues: number;
  readonly restoredValues: number;
  readonly damages: Damages;
  /** What was passed over. */
  readonly gaps: readonly LostRange[];
  readonly lost: LostRecords;
}

/** What the splitting thread is given. It answers with `SplitMessage`s on the port and returns `SplitResult`. */
export interface SplitTask {
  readonly path: string;
  /** Which file is meant: see `FileSource.identity`. */
  readonly identity: string;
  readonly header: RdbHeader;
  readonly windowBytes: number;
  readonly chunkBytes: number;
  /** Chunks that may be on their way at once: keeps the splitter near the readers, where the file is still cached. */
  readonly credits: number;
  /** Whether damaged bytes are passed over. */
  readonly salvage: boolean;
  /** How patterns are learnt from names; undefined: they are not. */
  readonly patterns: PatternSettings | undefined;
  /** Which records are read; undefined: all. */
  readonly sample: SampleSpec | undefined;
  readonly port: MessagePort;
}

/** Patterns for the keys whose names stand at offset `from` or behind, up to where the next model holds. */
export interface PlacedModel {
  readonly from: number;
  readonly model: PatternModel;
}

/** A chunk, and the hash templates defined since the chunk before. */
export interface SplitMessage {
  readonly chunk: Chunk;
  readonly templates: TemplatePlaces;
  /** What was learnt since the chunk before. */
  readonly models: readonly PlacedModel[];
  /** The first chunk brings the fields that stand at the beginning of a snapshot. */
  readonly aux?: ReadonlyMap<string, string>;
}

export interface SplitResult {
  readonly facts: SnapshotFacts;
  readonly chunks: number;
  /** What was passed over. */
  readonly gaps: readonly LostRange[];
  /** What ended the reading, and where that is. */
  readonly error?: ErrorRecord;
  readonly place?: FaultPlace;
}

/** What stands around a fault. */
export interface FaultPlace {
  /** The last key whose name was stepped over, its beginning at most; null before any, or where it is damaged itself. */
  readonly key: Uint8Array | null;
  /** Bytes before the fault and from it on, in hexadecimal. */
  readonly before: string;
  readonly from: string;
}

/** Bytes `[start, end)` of a damaged snapshot that hold nothing that can be read. */
export interface LostRange {
  readonly start: number;
  readonly end: number;
  /** What was wrong, and at which byte. */
  readonly code: RdbErrorCode;
  readonly message: string;
  readonly offset: number;
  /** Whole records in a row behind it; 0 at the end of the file. */
  readonly recordsAfter: number;
  /** The database that the keys behind it are taken to be of, where its number was lost. */
  readonly db: number | null;
  readonly keyBefore: Uint8Array | null;
  readonly keyAfter: Uint8Array | null;
}

/** Records whose keys could not be read: the first, and how many there were. */
export interface LostRecords {
  readonly first: { readonly start: number; readonly end: number; readonly error: ErrorRecord }[];
  count: number;
  bytes: number;
}

/** A worker's answer: what it found, or what went wrong. */
export type Answer<R> = { readonly value: R; readonly error?: never } | { readonly error: ErrorRecord };

/** What every thread that takes chunks is given. It is sent `ChunkOrder`s on the port and answers `ChunkDone`s. */
export interface ChunkTask {
  readonly path: string;
  readonly identity: string;
  readonly header: RdbHeader;
  readonly windowBytes: number;
  readonly worker: number;
  /** Whether the snapshot may end with a checksum. */
  readonly checksum: boolean;
  readonly salvage: boolean;
  readonly patterns: PatternSettings | undefined;
  readonly port: MessagePort;
}

/** What a reading thread is told besides. */
export interface ReadTask {
  readonly snapshot: number;
  readonly createdAt: number;
  readonly target: TargetSpec;
  readonly filter: KeyFilter;
  /** The inventory being written; undefined when no rows are wanted. */
  readonly rows: { readonly path: string; readonly pages: SharedArrayBuffer } | undefined;
  /** Whether only what `AnalyzeOptions.totalsOnly` names is counted. */
  readonly totalsOnly: boolean;
  readonly modules: SharedArrayBuffer;
  /** Names are hashed with it; undefined: they are stored as they are. */
  readonly nameSecret: Uint8Array | undefined;
  /** Records of so many bytes are counted apart, as all of them are read; undefined: there is no sample. */
  readonly certainBytes: number | undefined;
}

/** From a reader: a chunk is done. */
export interface ChunkDone {
  readonly index: number;
  readonly bytes: number;
  readonly keys: number;
  readonly crcHigh: number;
  readonly crcLow: number;
}

/** To a reader: the next chunk, or undefined when there is no more. */
export type ChunkOrder =
  | { readonly chunk: Chunk; readonly templates: TemplatePlaces; readonly models: readonly PlacedModel[] }
  | undefined;

/** Damage inside a value that did not keep its key from being counted. */
export interface Damage {
  readonly code: string;
  readonly offset: number;
  readonly message: string;
}

/** The first damages a thread found, and how many there were. */
export interface Damages {
  readonly first: Damage[];
  count: number;
}

/** What a thread counted of keys that stand for equally many. */
export interface StratumResult {
  readonly keys: number;
  readonly expired: number;
  readonly rollup: RollupExport;
}

/** What one reading thread found. */
export interface ReadResult {
  readonly rows: number;
  readonly leaves: LeafPlaces;
  /** Keys that stand for themselves alone, and those that were drawn into a sample, if there is one. */
  readonly certain: StratumResult;
  readonly drawn: StratumResult | undefined;
  readonly patterns: PatternExport;
  readonly damages: Damages;
  readonly lost: LostRecords;
}

/** What a comparing thread is told besides. */
export interface CompareTask {
  readonly createdAt: number;
  readonly targets: readonly TargetSpec[];
  readonly filter: KeyFilter;
  /** How many of the keys that change encoding are kept, a target. */
  readonly largest: number;
  /** What names in messages are hashed with; undefined: they stay. */
  readonly nameSecret: Uint8Array | undefined;
  /** Patterns whose keys are counted by slot, too. */
  readonly slotsOf: readonly string[] | undefined;
}

/** What one comparing thread found. */
export interface CompareResult {
  readonly tally: TallyExport;
  readonly patterns: PatternExport;
  readonly damages: Damages;
}

/** What one checking thread found. */
export interface CheckResult {
  /** Keys by type byte. */
  readonly keysByType: readonly number[];
  readonly withExpiry: number;
  readonly damages: Damages;
}

/** What the finishing thread is given: everything but the key rows, which stand in the file already. */
export interface FinishTask {
  readonly path: string;
  readonly pages: SharedArrayBuffer;
  readonly rootPage: number;
  readonly leaves: LeafPlaces;
  readonly snapshots: readonly FinishSnapshot[];
  /** As in `ReadTask`. */
  readonly nameSecret: Uint8Array | undefined;
  readonly index: readonly string[];
  /** Whether the file shall survive a power cut. */
  readonly isKept: boolean;
}

/** What a reader, by its number, counted of keys that stand for `weight` keys each. */
export interface WeightedRollup {
  readonly reader: number;
  readonly weight: number;
  readonly counted: RollupExport;
}

/** One snapshot's share of the summaries. */
export interface FinishSnapshot {
  readonly id: number;
  /** Of the file as it was given, in whatever it is wrapped; null for what cannot be read twice. */
  readonly fileFingerprint: string | null;
  /** Columns of `snapshot_rows`. */
  readonly row: Readonly<Record<string, string | number | null>>;
  readonly target: TargetSpec;
  readonly facts: SnapshotFacts;
  readonly rollups: readonly WeightedRollup[];
  readonly patterns: readonly PatternExport[];
  /** Modules known, in the order of their kinds, and the kind of the first. */
  readonly modules: readonly ModuleId[];
  readonly firstModule: number;
  readonly damages: readonly Damage[];
  readonly warnings: readonly Damage[];
  readonly lost: readonly LostRange[];
}

/** What the thread is given that makes a part of a snapshot: see `src/inventory/parts.ts`. It returns `FinishResult`. */
export interface PartTask {
  /** The file of key rows, those of this snapshot among them. */
  readonly rows: string;
  readonly template: string;
  readonly part: string;
  readonly snapshot: FinishSnapshot;
  readonly facts: PartFacts;
  readonly nameSecret: Uint8Array | undefined;
  /** Whether the file shall survive a power cut. */
  readonly isKept: boolean;
}

/** A snapshot that could not be read. */
export interface FailedFile {
  /** The number that was kept for it. */
  readonly id: number;
  readonly path: string;
  readonly code: string;
  /** Where in the snapshot; null: nowhere in particular. */
  readonly offset: number | null;
  readonly message: string;
}

/** What the thread is given that makes an inventory of rows and parts. It returns `FinishResult`. */
export interface GatherTask {
  readonly rows: string;
  /** What the file begins with: an empty inventory, or the one that parts are added to. */
  readonly head: string;
  readonly parts: readonly string[];
  readonly failed: readonly FailedFile[];
  readonly index: readonly string[];
  /** Whether the file shall survive a power cut. */
  readonly isKept: boolean;
}

export type FinishResult = { readonly error?: ErrorRecord };

/** The rows of both sides of a diff; all threads share the memory of arrays and buffers, but `key`. */
interface DiffRowsTask {
  readonly sides: readonly [old: SideRows, now: SideRows];
  /** What is hashed with: two random words. */
  readonly key: Int32Array;
  /** An int32: the unit of rows, or the partition, that nobody has taken yet. */
  readonly next: SharedArrayBuffer;
}

export interface DiffSumTask extends DiffRowsTask {
  readonly step: "sum";
  readonly sums: SharedArrayBuffer;
}

/** Returns the `SpilledBlock`s that it wrote. */
export interface DiffSpillTask extends DiffRowsTask {
  readonly step: "spill";
  /** Bits of `DirtyBuckets`. */
  readonly dirty: Int32Array;
  readonly file: SpillFile;
}

/** Returns a `DiffTally`. */
export interface DiffJoinTask {
  readonly step: "join";
  readonly file: SpillFile;
  readonly blocks: readonly SpilledBlock[];
  readonly next: SharedArrayBuffer;
  readonly tally: TallyOptions;
}

/** What a thread of a diff can be asked to do. */
export type DiffTask = DiffSumTask | DiffSpillTask | DiffJoinTask;

/** One file of a dataset that a thread writes: rows of the inventory at `path`, which messages call `name`. */
export type ParquetTask = {
  readonly path: string;
  readonly name: string;
  readonly snapshot: number;
  /** A name that nothing has yet. */
  readonly file: string;
  /** The dataset's folder, as messages call it. */
  readonly folder: string;
} & (
  | { readonly table: Exclude<TableName, "keys"> }
  | {
      readonly table: "keys";
      readonly rows: RowFile;
      readonly before: Int32Array;
      readonly range: RowRange;
      /** Milliseconds since the epoch. */
      readonly createdAt: number;
    }
);
