import type { SnapshotFacts } from "../../parsers/splitter.ts";
import type { CompareResult, CompareTask } from "../../workers/protocol.ts";
import {
  type ChangedKeyRow,
  type ComparedDatabase,
  type ComparedPattern,
  type ComparedSlots,
  type ComparedSums,
  type ComparedType,
  type EncodingChange,
  type HeaviestKeyRow,
  type LoadedPattern,
  mergeTallies,
  type PatternSlots,
} from "../compare/merge.ts";
import { UsageError } from "../errors.ts";
import { NameHash } from "../inventory/name-hash.ts";
import type { InputOptions } from "../io/inputs/index.ts";
import {
  librariesOf,
  loadsVersion,
  profileOf,
  settingsByDirective,
  type TargetSpec,
  targetOf,
  type UsedMemory,
} from "../memory/index.ts";
import type { Progress } from "./analyze.ts";
import { mergeDamages } from "./damages.ts";
import { compileFilter, type KeyFilter } from "./filter.ts";
import { runGuarded } from "./guard.ts";
import { inFile, inFileSync } from "./in-file.ts";
import { inputNotes } from "./input-notes.ts";
import { checkNames, hashedFilters, type NameOptions, secretOf } from "./names.ts";
import { type Origin, originOf, type Plan } from "./origin.ts";
import { checkWorkers, readersFor, WorkerPool } from "./pool.ts";
import { type Checksum, type ReadSnapshot, readSnapshot } from "./read-snapshot.ts";
import { throwDamage } from "./salvage.ts";
import { checkChoice, nearestProfile, specOf, type TargetChoice, tooNew } from "./target-choice.ts";
import { withPlan } from "./with-plan.ts";

/** A server to compare, and what it is called in the answer. */
export interface NamedTarget extends TargetChoice {
  /** Default: the profile's name. */
  readonly name?: string | undefined;
}

export interface CompareOptions extends InputOptions, NameOptions {
  /** A snapshot in whatever form; `-` is the standard input. */
  readonly input: string;
  /** The first is what the others are compared with; before a single one stands the snapshot's own server. */
  readonly targets: readonly NamedTarget[];
  readonly filters?: KeyFilter | undefined;
  /** How many of the keys that change encoding are named, a target. Default: 20. */
  readonly largest?: number | undefined;
  /** Asks for `details`: of these patterns, keys by slot, too. */
  readonly slotsOf?: readonly string[] | undefined;
  readonly workers?: number | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What the snapshot takes on one target. */
export interface ComparedTarget {
  readonly name: string;
  readonly profile: string;
  /** False: the profile is derived from the server's sources, not measured on one. */
  readonly profile_measured: boolean;
  readonly allocator: string;
  /** By directive, as redis.conf spells them. */
  readonly settings: Readonly<Record<string, string>>;
  /** What MEMORY USAGE … SAMPLES 0 answers, over all keys of the snapshot. */
  readonly bytes: number;
  readonly heap_bytes: number;
  /** How much more than on the first target: here and below, `more` is that. */
  readonly bytes_more: number;
  readonly bytes_more_share: number;
  readonly heap_bytes_more: number;
  readonly heap_bytes_more_share: number;
  /** Keys whose size is a lower bound, such as values of modules, and what is known of them. */
  readonly lower_bound_keys: number;
  readonly lower_bound_bytes: number;
  readonly lower_bound_heap_bytes: number;
  /** Null where only a part of the keys is looked at. */
  readonly used_memory: ComparedUsedMemory | null;
  /** The key that takes most of those that a server would load; null where there is none. */
  readonly heaviest_key: HeaviestKeyRow | null;
}

/** What used_memory would be after loading, by what it is made of. */
export interface ComparedUsedMemory {
  readonly key_bytes: number;
  readonly table_bytes: number;
  readonly function_bytes: number;
  readonly baseline_bytes: number;
  readonly estimated_bytes: number;
  readonly estimated_bytes_more: number;
  readonly estimated_bytes_more_share: number;
}

/** What only those who ask are told. */
export interface ComparedDetails {
  /** Keys that a server would load. */
  readonly patterns: readonly LoadedPattern[];
  /** Of the patterns that were asked for; null: there were too many pairs of a slot and a pattern. */
  readonly pattern_slots: readonly PatternSlots[] | null;
  /** In the targets' order: what is said of one that cannot load the snapshot; null where it can. */
  readonly cannot_load: readonly (string | null)[];
  /** What is said of the profile of the snapshot's own server, where it is the nearest that there is; null where it is its own. */
  readonly nearest_profile: string | null;
}

/** What a snapshot takes on several targets. Figures in lists are in the order of `targets`. */
export interface Comparison {
  readonly path: string;
  readonly server: string | null;
  readonly server_version: string | null;
  readonly created_at: number;
  readonly checksum: Checksum;
  /** Where it stands in the file. */
  readonly checksum_offset: number;
  readonly keys: number;
  /** Which keys were looked at: all when it is empty. */
  readonly filters: KeyFilter;
  /** Which secret names are hashed with, as `snapshots.hashed_names` has it; null: they are names. */
  readonly hashed_names: string | null;
  /** Keys that a server would load. */
  readonly databases: readonly ComparedDatabase[];
  readonly slots: ComparedSlots;
  /** A single one is the snapshot's own server, compared with itself. */
  readonly targets: readonly ComparedTarget[];
  readonly types: readonly ComparedType[];
  /** Largest difference of heap from the first target first. */
  readonly patterns: readonly ComparedPattern[];
  /** Keys that another target than the first holds in another encoding, by type. */
  readonly encoding_changes: readonly EncodingChange[];
  readonly changed_keys: readonly ChangedKeyRow[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  readonly details?: ComparedDetails | undefined;
}

const DEFAULT_LARGEST = 20;
const MAX_TARGETS = 32;

/**
 * Sizes a snapshot for several servers in one pass. Writes nothing.
 * @throws {RdbError} when it is damaged. @throws {UsageError} for wrong options. @throws {IoError} when it cannot be read
 */
export async function compare(options: CompareOptions): Promise<Comparison> {
  options.signal?.throwIfAborted();
  checkOptions(options);
  return withPlan(options.input, options, (plan) => comparePlan(plan, options));
}

async function comparePlan(plan: Plan, options: CompareOptions): Promise<Comparison> {
  const { signal, largest = DEFAULT_LARGEST, filters = {} } = options;
  const readers = readersFor(plan.bytes, options.workers);
  const pool = new WorkerPool(readers + 1);
  const nameSecret = secretOf(options);
  let origin = originOf(plan, new Map());
  let servers: readonly Server[] = [];
  let bytesDone = 0;
  let keys = 0;
  const read = await runGuarded(pool, signal, () =>
    inFile(plan.path, () =>
      readSnapshot<CompareTask, CompareResult>(pool, {
        worker: "compare",
        patterns: options.patterns ?? {},
        path: plan.file,
        identity: plan.identity,
        bytes: plan.bytes,
        header: plan.header,
        readers,
        begin(aux) {
          origin = originOf(plan, aux);
          servers = serversOf(options, origin);
          return {
            createdAt: origin.createdAt,
            targets: servers.map(({ spec }) => spec),
            filter: filters,
            largest,
            nameSecret,
            slotsOf: options.slotsOf,
          };
        },
        onChunk(chunk) {
          bytesDone += chunk.bytes;
          keys += chunk.keys;
          options.onProgress?.({ phase: "read", bytesDone, bytesTotal: plan.bytes, keys });
        },
      }),
    ),
  );
  inFileSync(plan.path, () => throwDamage(read, nameSecret !== undefined));
  const hash = nameSecret === undefined ? undefined : new NameHash(nameSecret);
  const found = comparison(plan, origin, servers, read, {
    filters,
    largest,
    slotsOf: options.slotsOf,
    hash,
  });
  return hash === undefined ? found : withoutNames(found, read.facts, hash);
}

/** A pattern that stands for no more keys than there are databases may be a name, as one without a wildcard is. */
function withoutNames(found: Comparison, { databases, unlisted }: SnapshotFacts, hash: NameHash): Comparison {
  const single = Math.max(1, databases.size + unlisted.databases);
  const hashed = (name: string | Buffer) => hash.text(Buffer.from(name as string));
  const names = new Map(
    found.patterns
      .filter(({ pattern, keys }) => !pattern.includes("*") || keys <= single)
      .map(({ pattern }) => [pattern, hashed(pattern)]),
  );
  const named = <T extends { readonly pattern: string }>(one: T): T => ({
    ...one,
    pattern: names.get(one.pattern) ?? one.pattern,
  });
  const { details } = found;
  return {
    ...found,
    hashed_names: hash.id,
    filters: hashedFilters(found.filters, hash),
    patterns: found.patterns.map(named),
    ...(details && {
      details: {
        ...details,
        patterns: details.patterns.map(named),
        pattern_slots: details.pattern_slots?.map(named) ?? null,
      },
    }),
    changed_keys: found.changed_keys.map((one) => ({ ...one, key: hashed(one.key) })),
    targets: found.targets.map((target) => {
      const heaviest = target.heaviest_key;
      return { ...target, heaviest_key: heaviest && { ...heaviest, key: hashed(heaviest.key) } };
    }),
  };
}

function checkOptions(options: CompareOptions): void {
  const { targets, filters, workers } = options;
  if (targets.length === 0) throw new UsageError("no server given to compare with");
  if (targets.length > MAX_TARGETS)
    throw new UsageError(`${MAX_TARGETS} servers are compared at most, not ${targets.length}`);
  for (const target of targets) checkChoice(target);
  const names = targets.map(({ name, profile }) => name ?? profile ?? "");
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new UsageError(
      `two servers are called ${twice}: name one of them, such as --target '${twice} … name=other'`,
    );
  checkWorkers(workers);
  checkNames(options);
  compileFilter(filters ?? {}, 0);
}

/** A target and its name. */
interface Server {
  readonly name: string;
  readonly spec: TargetSpec;
}

/** The servers given; before a single one the snapshot's own, unless it is just that. */
function serversOf({ targets }: CompareOptions, origin: Origin): Server[] {
  const named = targets.map((choice): Server => {
    const spec = specOf(origin, choice);
    return { name: choice.name ?? choice.profile ?? `${spec.profile} (own)`, spec };
  });
  if (named.length > 1) return named;
  const spec = specOf(origin, {});
  return isSameTarget(spec, named[0]!.spec) ? named : [{ name: `${spec.profile} (own)`, spec }, ...named];
}

function isSameTarget(a: TargetSpec, b: TargetSpec): boolean {
  const told = (spec: TargetSpec) => JSON.stringify([spec.profile, spec.allocator, targetOf(spec).config]);
  return told(a) === told(b);
}

/** What an answer depends on besides. */
interface Asked {
  readonly filters: KeyFilter;
  readonly largest: number;
  readonly slotsOf: readonly string[] | undefined;
  readonly hash: NameHash | undefined;
}

function comparison(
  plan: Plan,
  origin: Origin,
  servers: readonly Server[],
  read: ReadSnapshot<CompareResult>,
  { filters, largest, slotsOf, hash }: Asked,
): Comparison {
  const targets = servers.map(({ spec }) => targetOf(spec));
  const names = servers.map(({ name }) => name);
  const wanted = new Set(slotsOf);
  const isWanted = (pattern: string) =>
    wanted.has(pattern) || (hash !== undefined && wanted.has(hash.text(Buffer.from(pattern))));
  const merged = mergeTallies(read.readers, targets, names, librariesOf(read.facts), largest, isWanted);
  const { totals, types, patterns, changes, changedKeys, usedMemory, lowerBounds, heaviest } = merged;
  const { everything } = compileFilter(filters, 0);
  return {
    path: plan.path,
    server: origin.server,
    server_version: origin.version,
    created_at: origin.createdAt,
    checksum: read.checksum,
    checksum_offset: read.facts.checkedBytes,
    keys: totals.keys,
    filters,
    hashed_names: null,
    targets: servers.map(({ name, spec }, t) => ({
      name,
      profile: spec.profile,
      profile_measured: profileOf(spec).measured !== undefined,
      allocator: spec.allocator,
      settings: settingsByDirective(targets[t]!.config),
      ...sumsOf(totals, t),
      ...lowerBounds[t]!,
      used_memory: everything ? comparedUsedMemory(usedMemory, t) : null,
      heaviest_key: heaviest[t]!,
    })),
    databases: merged.databases,
    slots: merged.slots,
    types,
    patterns,
    encoding_changes: changes,
    changed_keys: changedKeys,
    warnings: warningsOf(plan, servers, read),
    ...(slotsOf && {
      details: {
        patterns: merged.loadedPatterns,
        pattern_slots: merged.patternSlots,
        cannot_load: servers.map(({ spec }) => {
          const profile = profileOf(spec);
          const { family, version } = plan.header;
          return loadsVersion(profile, family, version) ? null : tooNew(profile, plan.header);
        }),
        nearest_profile: origin.profileExact ? null : nearestProfile(origin, origin.profile),
      },
    }),
  };
}

function sumsOf({ bytes, heap_bytes: heap }: ComparedSums, t: number) {
  return {
    bytes: bytes[t]!,
    heap_bytes: heap[t]!,
    ...more("bytes", bytes[0]!, bytes[t]!),
    ...more("heap_bytes", heap[0]!, heap[t]!),
  };
}

function comparedUsedMemory(all: readonly UsedMemory[], t: number): ComparedUsedMemory {
  const { keyBytes, tableBytes, functionBytes, baselineBytes, estimatedBytes } = all[t]!;
  return {
    key_bytes: keyBytes,
    table_bytes: tableBytes,
    function_bytes: functionBytes,
    baseline_bytes: baselineBytes,
    estimated_bytes: estimatedBytes,
    ...more("estimated_bytes", all[0]!.estimatedBytes, estimatedBytes),
  };
}

/** How much more a figure is than the first target's, under the figure's name. */
function more<N extends string>(name: N, first: number, own: number) {
  const found = {
    [`${name}_more`]: own - first,
    [`${name}_more_share`]: first > 0 ? (own - first) / first : 0,
  };
  return found as Record<`${N}_more` | `${N}_more_share`, number>;
}

function warningsOf(plan: Plan, servers: readonly Server[], read: ReadSnapshot<CompareResult>) {
  const { header } = plan;
  const profiles = new Set(servers.map(({ spec }) => profileOf(spec)));
  const unable = [...profiles].filter((one) => !loadsVersion(one, header.family, header.version));
  return [
    ...unable.map((profile) => ({ code: "NEWER_THAN_SERVER", message: tooNew(profile, header) })),
    ...[
      ...inputNotes(plan, read.facts.trailingBytes),
      ...mergeDamages(read.readers.map(({ damages }) => damages)),
    ].map(({ code, message }) => ({ code, message })),
  ];
}
