import fs from "node:fs";
import { RDB_ERROR_CODES } from "../../parsers/errors.ts";
import type {
  Damage,
  FinishResult,
  FinishSnapshot,
  FinishTask,
  ReadResult,
  ReadTask,
  StratumResult,
} from "../../workers/protocol.ts";
import { fromErrorRecord, UsageError } from "../errors.ts";
import { createInventory } from "../inventory/create.ts";
import { MODULE_TABLE_BYTES, ModuleKinds } from "../inventory/module-kinds.ts";
import { NameHash } from "../inventory/name-hash.ts";
import { isInventoryFile } from "../inventory/open.ts";
import { MAX_SNAPSHOTS } from "../inventory/schema.ts";
import { INDEX_COLUMNS } from "../inventory/summaries.ts";
import { type Input, type InputOptions, Inputs, inspectInput } from "../io/inputs/index.ts";
import { statOrNone, TempFile } from "../io/temp-file.ts";
import { VERSION } from "../io/version.ts";
import { loadsVersion, type Profile, profileOf, type TargetSpec, targetOf } from "../memory/index.ts";
import type { PatternSettings } from "../patterns/index.ts";
import { withMissingKeys } from "./announced.ts";
import { mergeDamages } from "./damages.ts";
import { compileFilter, type KeyFilter } from "./filter.ts";
import { runGuarded } from "./guard.ts";
import { inFile, inFileSync } from "./in-file.ts";
import { inputNotes } from "./input-notes.ts";
import { checkNames, hashedFilters, type NameOptions, secretOf } from "./names.ts";
import { type Origin, originOf, type Plan, planOf } from "./origin.ts";
import { checkWorkers, readersFor, WorkerPool } from "./pool.ts";
import { type Checksum, type ReadSnapshot, readSnapshot } from "./read-snapshot.ts";
import { lostRangesOf, salvageWarnings, throwDamage } from "./salvage.ts";
import {
  checkSample,
  type Sample,
  type SampledKeys,
  sampleColumns,
  sampledKeys,
  sampleSpec,
  sampleWarnings,
} from "./sample.ts";
import { checkChoice, specOf, type TargetChoice, tooNew } from "./target-choice.ts";
import { onRead } from "./with-plan.ts";

/** How far an analysis has come. Bytes and keys count over all snapshots given. */
export interface Progress {
  /** `unpack`: bytes are those of one compressed input, or of one that cannot seek. */
  readonly phase: "unpack" | "read" | "merge";
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly keys: number;
}

export interface AnalyzeOptions extends TargetChoice, InputOptions, NameOptions {
  /** Snapshots in whatever form; `-` is the standard input. Each becomes one snapshot of the inventory, in this order. */
  readonly inputs: readonly string[];
  /** Where the inventory goes. */
  readonly output: string;
  /** Reading threads; default: the machine's available parallelism. */
  readonly workers?: number | undefined;
  /** Replace an existing output. */
  readonly force?: boolean | undefined;
  /** The inventory is read and removed: it is not synced. */
  readonly isTemporary?: boolean | undefined;
  /** `none`: no row a key; every summary is there all the same. */
  readonly keys?: "all" | "none" | undefined;
  readonly filters?: KeyFilter | undefined;
  /** Read a damaged snapshot as far as possible: what is lost is listed, and the inventory marked. */
  readonly salvage?: boolean | undefined;
  /** Read a share of the records only, and estimate the totals: the inventory is marked as a sample. */
  readonly sample?: Sample | undefined;
  /** Columns of the key rows to index: key, pattern, bytes. */
  readonly index?: readonly string[] | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What is told of each snapshot analyzed; the inventory's view `snapshots` has it too. */
export interface AnalyzedSnapshot {
  readonly path: string;
  /** What it was wrapped in, outermost first, as `gzip+vcs`; `rdb` for a bare one. */
  readonly input: string;
  readonly magic: string;
  readonly rdbVersion: number;
  /** Of a sample it is an estimate where filters choose keys, as `expiredKeys` is always. */
  readonly keys: number;
  readonly expiredKeys: number;
  readonly storedRows: number;
  /** Undefined where every record was read. */
  readonly sample: SampledKeys | undefined;
  /** `unread`: a salvaged snapshot that ends before it. */
  readonly checksum: Checksum;
  /** Whether parts of a damaged snapshot are missing, and the bytes that could not be read. */
  readonly salvaged: boolean;
  readonly lostBytes: number;
  /** Where it stands in the file. */
  readonly checksumOffset: number;
  readonly profile: string;
  readonly profileExact: boolean;
  /** Whether the profile was compared with a real server; if not, it is derived from the server's sources. */
  readonly profileMeasured: boolean;
  readonly allocator: string;
  /** Null: names are stored as they are. Else which secret they are hashed with. */
  readonly hashedNames: string | null;
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
}

export interface AnalyzeResult {
  readonly output: string;
  readonly snapshots: readonly AnalyzedSnapshot[];
}

/**
 * Reads snapshots into a new inventory, which appears under its name only when complete.
 * @throws {RdbError} when a snapshot is damaged. @throws {UsageError} for wrong options.
 * @throws {IoError} when something cannot be read or written. @throws the signal's reason when aborted
 */
export async function analyze(options: AnalyzeOptions): Promise<AnalyzeResult> {
  const { signal } = options;
  signal?.throwIfAborted();
  const bytesTotal = checkOptions(options);
  const readers = readersFor(bytesTotal, options.workers);
  const temp = new TempFile(options.output, options.force ?? false);
  const pool = new WorkerPool(readers + 1);
  const inputs = new Inputs(options);
  try {
    const run = new Run(options, inputs, bytesTotal, readers, temp, pool);
    const snapshots = await runGuarded(pool, signal, () => run.all());
    signal?.throwIfAborted();
    temp.publish();
    return { output: options.output, snapshots };
  } finally {
    temp.discard();
    inputs.close();
  }
}

/** Checks what can be checked before anything is read; tells the bytes of all inputs together. */
function checkOptions(options: AnalyzeOptions): number {
  const { inputs, index = [], workers } = options;
  if (inputs.length === 0) throw new UsageError("no snapshot given");
  if (inputs.length > MAX_SNAPSHOTS)
    throw new UsageError(`one inventory holds ${MAX_SNAPSHOTS} snapshots at most`);
  checkOutput(options.output);
  checkChoice(options);
  checkWorkers(workers);
  for (const name of index) {
    if (!(name in INDEX_COLUMNS)) {
      throw new UsageError(`cannot index ${name}: possible are ${Object.keys(INDEX_COLUMNS).join(", ")}`);
    }
  }
  compileFilter(options.filters ?? {}, 0);
  checkNames(options);
  checkSample(options);
  const piped = inputs.filter((name) => name === "-");
  if (piped.length > 1) throw new UsageError("the standard input is given twice: it can be read once");
  return inputs.reduce((sum, path) => {
    if (isSameFile(path, options.output))
      throw new UsageError(`${path} is the snapshot: it cannot be the output too`);
    return sum + inFileSync(path, () => inspectInput(path));
  }, 0);
}

/** `force` replaces inventories, and nothing else that somebody may still want. */
function checkOutput(output: string): void {
  const stat = statOrNone(output);
  if (stat === undefined || !stat.isFile() || stat.size === 0 || isInventoryFile(output)) return;
  throw new UsageError(
    `${output} is no inventory: give the inventory a file name of its own, as --output FILE`,
  );
}

function isSameFile(a: string, b: string): boolean {
  const [one, other] = [a, b].map((path) => fs.statSync(path, { throwIfNoEntry: false }));
  return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
}

/** One analysis: the snapshots one after the other, each by all threads, then the summaries. */
class Run {
  private readonly options: AnalyzeOptions;
  private readonly inputs: Inputs;
  private readonly readers: number;
  private readonly temp: TempFile;
  private readonly pool: WorkerPool;
  private readonly pages = new SharedArrayBuffer(4);
  /** One table for all snapshots: their kinds stand in one table of the inventory. */
  private readonly modules = new SharedArrayBuffer(MODULE_TABLE_BYTES);
  private readonly nameSecret: Uint8Array | undefined;
  private readonly hash: NameHash | undefined;
  private bytesTotal: number;
  private bytesDone = 0;
  private keysDone = 0;

  constructor(
    options: AnalyzeOptions,
    inputs: Inputs,
    bytesTotal: number,
    readers: number,
    temp: TempFile,
    pool: WorkerPool,
  ) {
    this.options = options;
    this.inputs = inputs;
    this.bytesTotal = bytesTotal;
    this.readers = readers;
    this.temp = temp;
    this.pool = pool;
    this.nameSecret = secretOf(options);
    this.hash = this.nameSecret === undefined ? undefined : new NameHash(this.nameSecret);
  }

  async all(): Promise<AnalyzedSnapshot[]> {
    const created = createInventory(this.temp.path);
    new Int32Array(this.pages)[0] = created.pages + 1;
    const done: { snapshot: FinishSnapshot; told: AnalyzedSnapshot; read: ReadSnapshot<ReadResult> }[] = [];
    for (const [i, name] of this.options.inputs.entries()) {
      await inFile(name, async () => {
        const input = await this.inputs.open(name, onRead(this.options.onProgress));
        done.push(await this.snapshot(this.planOf(input), i + 1));
        this.inputs.release(input);
      });
    }
    this.tell("merge");
    const leaves = done.flatMap(({ read }) => read.readers.map((reader) => reader.leaves));
    const task: FinishTask = {
      path: this.temp.path,
      pages: this.pages,
      rootPage: created.rootPage,
      leaves: {
        maxIds: leaves.flatMap((leaf) => leaf.maxIds),
        pages: leaves.flatMap((leaf) => leaf.pages),
      },
      snapshots: done.map(({ snapshot }) => snapshot),
      index: this.options.index ?? [],
      nameSecret: this.nameSecret,
      isKept: this.options.isTemporary !== true,
    };
    const finished: FinishResult = await this.pool.run("finish", task);
    if (finished.error !== undefined) throw fromErrorRecord(finished.error);
    return done.map(({ told }) => told);
  }

  /** The plan of an input; what it was unpacked to counts from now on. */
  private planOf(input: Input): Plan {
    const plan = planOf(input, this.options.salvage);
    this.bytesTotal += plan.bytes - input.bytes;
    return plan;
  }

  private async snapshot(plan: Plan, id: number) {
    const { modules, options } = this;
    let origin = originOf(plan, new Map());
    let target = specOf(origin, options);
    const sample = sampleSpec(options.sample, plan.bytes);
    const read = await readSnapshot<ReadTask, ReadResult>(this.pool, {
      worker: "read",
      path: plan.file,
      identity: plan.identity,
      bytes: plan.bytes,
      header: plan.header,
      readers: this.readers,
      salvage: options.salvage,
      patterns: options.patterns ?? {},
      sample,
      begin: (aux) => {
        origin = originOf(plan, aux);
        target = specOf(origin, options);
        return {
          snapshot: id,
          createdAt: origin.createdAt,
          target,
          filter: options.filters ?? {},
          rows: options.keys === "none" ? undefined : { path: this.temp.path, pages: this.pages },
          modules,
          nameSecret: this.nameSecret,
          certainBytes: sample?.certainBytes,
        };
      },
      onChunk: (chunk) => {
        this.bytesDone += chunk.bytes;
        this.keysDone += chunk.keys;
        this.tell("read");
      },
    });
    throwDamage(read, this.hash !== undefined);
    return this.summed(plan, id, origin, target, read);
  }

  private summed(plan: Plan, id: number, origin: Origin, target: TargetSpec, read: ReadSnapshot<ReadResult>) {
    const profile = profileOf(target);
    const sample = sampledKeys(this.options.sample, plan.bytes, read.facts.sample);
    const weight = sample?.weight ?? 1;
    const sum = (pick: (r: ReadResult) => number) => read.readers.reduce((n, r) => n + pick(r), 0);
    const estimate = (pick: (s: StratumResult) => number) =>
      sum((r) => pick(r.certain)) +
      Math.round(weight * sum((r) => (r.drawn === undefined ? 0 : pick(r.drawn))));
    const isAll = sample !== undefined && this.options.filters === undefined;
    const profileExact = this.options.profile !== undefined || origin.profileExact;
    const lost = lostRangesOf(read, this.hash);
    const salvaged = lost.length > 0 || plan.salvaged;
    const warnings = [
      ...sampleWarnings(sample),
      ...salvageWarnings(lost, read, " (table lost_ranges)"),
      ...warningsOf(plan, origin, profile, profileExact, read, this.hash !== undefined),
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
      hashedNames: this.hash?.id ?? null,
      warnings: [...warnings, ...damages].map(({ code, message }) => ({ code, message })),
    };
    const snapshot: FinishSnapshot = {
      id,
      row: this.row(plan, origin, target, read, told),
      target,
      facts: read.facts,
      rollups: read.readers.flatMap((r, reader) => [
        { reader, weight: 1, counted: r.certain.rollup },
        ...(r.drawn === undefined ? [] : [{ reader, weight, counted: r.drawn.rollup }]),
      ]),
      patterns: read.readers.map((r) => r.patterns),
      modules: new ModuleKinds(this.modules).ids(),
      damages,
      warnings,
      lost,
    };
    return { snapshot, told, read };
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
      pattern_settings: JSON.stringify(this.storedPatterns()),
      filters: JSON.stringify(hashedFilters(this.options.filters ?? {}, this.hash)),
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

  /** The settings of patterns without what templates say of names. */
  private storedPatterns(): PatternSettings {
    const { patterns = {} } = this.options;
    const { hash } = this;
    if (hash === undefined || patterns.templates === undefined) return patterns;
    return { ...patterns, templates: patterns.templates.map((text) => hash.text(Buffer.from(text))) };
  }

  private tell(phase: Progress["phase"]): void {
    const { bytesDone, bytesTotal, keysDone } = this;
    this.options.onProgress?.({ phase, bytesDone, bytesTotal, keys: keysDone });
  }
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
    [
      !profileExact,
      "NEAREST_PROFILE",
      -1,
      () =>
        `no profile of ${[origin.server ?? "an unknown server", origin.version ?? []].flat().join(" ")}: sized as ${profile.name}`,
    ],
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
