import { RDB_ERROR_CODES } from "../../parsers/errors.ts";
import type {
  ChunkDone,
  Damage,
  FinishSnapshot,
  ReadResult,
  ReadTask,
  StratumResult,
} from "../../workers/protocol.ts";
import { MODULE_TABLE_BYTES, ModuleKinds } from "../inventory/module-kinds.ts";
import type { LeafPlaces } from "../inventory/pages.ts";
import { VERSION } from "../io/version.ts";
import { loadsVersion, type Profile, profileOf, type TargetSpec, targetOf } from "../memory/index.ts";
import type { AnalyzedSnapshot, AnalyzeOptions } from "./analyze.ts";
import { withMissingKeys } from "./announced.ts";
import { mergeDamages } from "./damages.ts";
import { inputNotes } from "./input-notes.ts";
import type { StoredNames } from "./names.ts";
import { type Origin, originOf, type Plan } from "./origin.ts";
import type { WorkerPool } from "./pool.ts";
import { type ReadSnapshot, readSnapshot } from "./read-snapshot.ts";
import { lostRangesOf, salvageWarnings, throwDamage } from "./salvage.ts";
import { sampleColumns, sampledKeys, sampleSpec, sampleWarnings } from "./sample.ts";
import { nearestProfile, specOf, tooNew } from "./target-choice.ts";

/** What is known of a snapshot that was read. */
export interface SnapshotParts {
  readonly snapshot: FinishSnapshot;
  readonly told: AnalyzedSnapshot;
  readonly leaves: LeafPlaces;
}

/** How one snapshot of a run is read. */
export interface HowToRead {
  /** Its number in the inventory. */
  readonly id: number;
  readonly readers: number;
  readonly onChunk: (chunk: ChunkDone) => void;
  /** The pool goes on with other snapshots when this one fails. */
  readonly isShared?: boolean;
  /** Of the file as it was given. */
  readonly fileFingerprint: string | null;
}

/** Reads the snapshots of one inventory, whose key rows all go to one file. */
export class SnapshotReader {
  /** Number of the next free page of that file. */
  readonly pages = new SharedArrayBuffer(4);
  readonly modules: ModuleKinds;
  private readonly names: StoredNames;
  private readonly options: AnalyzeOptions;
  private readonly pool: WorkerPool;
  private readonly rowFile: string;
  /** One table for all snapshots: their kinds stand in one table of the inventory. */
  private readonly moduleTable = new SharedArrayBuffer(MODULE_TABLE_BYTES);

  constructor(options: AnalyzeOptions, names: StoredNames, pool: WorkerPool, rowFile: string) {
    this.options = options;
    this.names = names;
    this.pool = pool;
    this.rowFile = rowFile;
    this.modules = new ModuleKinds(this.moduleTable);
  }

  /** @throws {RdbError} when it is damaged. @throws {IoError} when it cannot be read, or rows cannot be written */
  async read(plan: Plan, how: HowToRead): Promise<SnapshotParts> {
    const { options } = this;
    let origin = originOf(plan, new Map());
    let target = specOf(origin, options);
    const sample = sampleSpec(options.sample, plan.bytes);
    const read = await readSnapshot<ReadTask, ReadResult>(this.pool, {
      worker: "read",
      path: plan.file,
      identity: plan.identity,
      bytes: plan.bytes,
      header: plan.header,
      readers: how.readers,
      isShared: how.isShared,
      salvage: options.salvage,
      patterns: options.patterns ?? {},
      sample,
      begin: (aux) => {
        origin = originOf(plan, aux);
        target = specOf(origin, options);
        return {
          snapshot: how.id,
          createdAt: origin.createdAt,
          target,
          filter: options.filters ?? {},
          rows: options.keys === "none" ? undefined : { path: this.rowFile, pages: this.pages },
          totalsOnly: options.totalsOnly === true,
          modules: this.moduleTable,
          nameSecret: this.names.secret,
          certainBytes: sample?.certainBytes,
        };
      },
      onChunk: how.onChunk,
    });
    throwDamage(read, this.names.hash !== undefined);
    return this.summed(plan, how, origin, target, read);
  }

  private summed(
    plan: Plan,
    how: HowToRead,
    origin: Origin,
    target: TargetSpec,
    read: ReadSnapshot<ReadResult>,
  ): SnapshotParts {
    const profile = profileOf(target);
    const sample = sampledKeys(this.options.sample, plan.bytes, read.facts.sample);
    const weight = sample?.weight ?? 1;
    const sum = (pick: (r: ReadResult) => number) => read.readers.reduce((n, r) => n + pick(r), 0);
    const estimate = (pick: (s: StratumResult) => number) =>
      sum((r) => pick(r.certain)) +
      Math.round(weight * sum((r) => (r.drawn === undefined ? 0 : pick(r.drawn))));
    const isAll = sample !== undefined && this.options.filters === undefined;
    const profileExact = this.options.profile !== undefined || origin.profileExact;
    const lost = lostRangesOf(read, this.names.hash);
    const salvaged = lost.length > 0 || plan.salvaged;
    const warnings = [
      ...sampleWarnings(sample),
      ...salvageWarnings(lost, read, " (table lost_ranges)"),
      ...warningsOf(plan, origin, profile, profileExact, read, this.names.hash !== undefined),
    ];
    const damages = mergeDamages(read.readers.map((r) => r.damages));
    const told: AnalyzedSnapshot = {
      path: plan.path,
      input: plan.input,
      magic: plan.header.magic,
      rdbVersion: plan.header.version,
      keys: isAll ? read.facts.keys : estimate((s) => s.keys),
      expiredKeys: estimate((s) => s.expired),
      storedRows: sum((r) => r.rows),
      sample,
      checksum: read.checksum,
      salvaged,
      lostBytes: lost.reduce((bytes, { start, end }) => bytes + end - start, 0),
      checksumOffset: read.facts.checkedBytes,
      profile: profile.name,
      profileExact,
      profileMeasured: profile.measured !== undefined,
      allocator: target.allocator,
      hashedNames: this.names.hash?.id ?? null,
      warnings: [...warnings, ...damages].map(({ code, message }) => ({ code, message })),
    };
    const snapshot: FinishSnapshot = {
      id: how.id,
      fileFingerprint: how.fileFingerprint,
      row: this.row(plan, origin, target, read, told),
      target,
      facts: read.facts,
      rollups: read.readers.flatMap((r, reader) => [
        { reader, weight: 1, counted: r.certain.rollup },
        ...(r.drawn === undefined ? [] : [{ reader, weight, counted: r.drawn.rollup }]),
      ]),
      patterns: read.readers.map((r) => r.patterns),
      modules: this.modules.ids(),
      firstModule: this.modules.first,
      damages,
      warnings,
      lost,
    };
    return { snapshot, told, leaves: leavesOf(read.readers) };
  }

  /** Columns of `snapshot_rows`. */
  private row(
    plan: Plan,
    origin: Origin,
    target: TargetSpec,
    read: ReadSnapshot<ReadResult>,
    told: AnalyzedSnapshot,
  ): FinishSnapshot["row"] {
    const usedMem = Number(read.facts.aux.get("used-mem"));
    return {
      path: plan.path,
      input: plan.input,
      file_bytes: plan.bytes,
      fingerprint: plan.fingerprint,
      magic: plan.header.magic,
      rdb_version: plan.header.version,
      server: origin.server,
      server_version: origin.version,
      created_at: origin.createdAt,
      created_at_source: origin.createdAtSource,
      analyzed_at: Date.now(),
      used_mem: Number.isSafeInteger(usedMem) && usedMem > 0 ? usedMem : null,
      checksum: read.checksum,
      profile: told.profile,
      profile_exact: Number(told.profileExact),
      profile_measured: Number(told.profileMeasured),
      allocator: told.allocator,
      settings: JSON.stringify(targetOf(target).config),
      pattern_settings: JSON.stringify(this.names.patterns),
      filters: JSON.stringify(this.names.filters),
      keys: told.keys,
      expired_keys: told.expiredKeys,
      stored_rows: told.storedRows,
      complete: Number(!told.salvaged),
      salvaged: Number(told.salvaged),
      tool_version: VERSION,
      hashed_names: told.hashedNames,
      ...sampleColumns(told.sample),
    };
  }
}

function leavesOf(readers: readonly ReadResult[]): LeafPlaces {
  return {
    maxIds: readers.flatMap(({ leaves }) => leaves.maxIds),
    pages: readers.flatMap(({ leaves }) => leaves.pages),
    overflow: readers.flatMap(({ leaves }) => leaves.overflow),
  };
}

const UNLISTED: Readonly<Record<keyof ReadSnapshot<unknown>["facts"]["unlisted"], string>> = {
  aux: "aux fields",
  databases: "announced databases",
  functions: "function libraries",
  modules: "module fields",
};

function warningsOf(
  plan: Plan,
  origin: Origin,
  profile: Profile,
  profileExact: boolean,
  read: ReadSnapshot<ReadResult>,
  hashed: boolean,
): Damage[] {
  const { header } = plan;
  const { facts } = read;
  const found: [boolean, string, number, () => string][] = [
    [
      header.newer,
      "NEWER_VERSION",
      0,
      () => `${header.magic} is newer than any version known: everything in it was understood all the same`,
    ],
    [
      read.checksum === "mismatch",
      "CHECKSUM_MISMATCH",
      facts.checkedBytes,
      () => withMissingKeys(RDB_ERROR_CODES.CHECKSUM_MISMATCH, facts),
    ],
    [!profileExact, "NEAREST_PROFILE", -1, () => nearestProfile(origin, profile)],
    [
      profile.measured === undefined,
      "DERIVED_PROFILE",
      -1,
      () => `the profile ${profile.name} is derived from the server's sources, not measured on one`,
    ],
    [
      header.guessed !== true && !loadsVersion(profile, header.family, header.version),
      "NEWER_THAN_SERVER",
      0,
      () => tooNew(profile, header),
    ],
    [
      facts.updates.count > 0,
      "UPDATES",
      -1,
      () =>
        `${facts.updates.count} updates change keys already read, which are shown as they were before${hashed ? "" : `: ${facts.updates.keys.map((key) => JSON.stringify(key)).join(", ")}`}`,
    ],
    [
      Object.values(facts.unlisted).some((count) => count > 0),
      "NOT_LISTED",
      -1,
      () =>
        `more than can be listed: ${Object.entries(facts.unlisted)
          .filter(([, count]) => count > 0)
          .map(([what, count]) => `${count} more ${UNLISTED[what as keyof typeof UNLISTED]}`)
          .join(", ")}`,
    ],
    [facts.slotImports > 0, "SLOT_IMPORTS", -1, () => `${facts.slotImports} slot imports were under way`],
  ];
  const told = found
    .filter(([applies]) => applies)
    .map(([, code, offset, message]) => ({ code, offset, message: message() }));
  return [...told, ...inputNotes(plan, facts.trailingBytes)];
}
