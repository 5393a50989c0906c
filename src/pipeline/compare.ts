import os from "node:os";
import type { CompareResult, CompareTask } from "../../workers/protocol.ts";
import {
  type ChangedKeyRow,
  type ComparedPattern,
  type ComparedSums,
  type ComparedType,
  type EncodingChange,
  mergeTallies,
} from "../compare/merge.ts";
import { UsageError } from "../errors.ts";
import type { InputOptions } from "../io/inputs/index.ts";
import {
  librariesOf,
  type MemoryConfig,
  profileOf,
  type TargetSpec,
  targetOf,
  type UsedMemory,
} from "../memory/index.ts";
import type { Progress } from "./analyze.ts";
import { mergeDamages } from "./damages.ts";
import { compileFilter, type KeyFilter } from "./filter.ts";
import { runGuarded } from "./guard.ts";
import { inputNotes } from "./input-notes.ts";
import { type Origin, originOf, type Plan } from "./origin.ts";
import { checkWorkers, openPool } from "./pool.ts";
import { type ReadSnapshot, readSnapshot } from "./read-snapshot.ts";
import { checkChoice, specOf, type TargetChoice } from "./target-choice.ts";
import { withPlan } from "./with-plan.ts";

/** A server to compare, and what it is called in the answer. */
export interface NamedTarget extends TargetChoice {
  /** Default: the profile's name. */
  readonly name?: string | undefined;
}

export interface CompareOptions extends InputOptions {
  /** A snapshot in whatever form; `-` is the standard input. */
  readonly input: string;
  /** The first is what the others are compared with; before a single one stands the snapshot's own server. */
  readonly targets: readonly NamedTarget[];
  readonly filters?: KeyFilter | undefined;
  /** How many of the keys that change encoding are named, a target. Default: 20. */
  readonly largest?: number | undefined;
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
  readonly settings: Readonly<MemoryConfig>;
  /** What MEMORY USAGE … SAMPLES 0 answers, over all keys of the snapshot. */
  readonly bytes: number;
  readonly heap_bytes: number;
  /** How much more than on the first target. */
  readonly bytes_more: number;
  readonly bytes_more_share: number;
  readonly used_memory: UsedMemory;
}

/** What a snapshot takes on several targets. Figures in lists are in the order of `targets`. */
export interface Comparison {
  readonly path: string;
  readonly server: string | null;
  readonly server_version: string | null;
  readonly created_at: number;
  readonly checksum: "ok" | "absent" | "mismatch";
  readonly keys: number;
  readonly targets: readonly ComparedTarget[];
  readonly types: readonly ComparedType[];
  /** Largest difference from the first target first. */
  readonly patterns: readonly ComparedPattern[];
  /** Keys that another target than the first holds in another encoding, by type. */
  readonly encoding_changes: readonly EncodingChange[];
  readonly changed_keys: readonly ChangedKeyRow[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
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
  const readers = options.workers ?? os.availableParallelism();
  const pool = openPool(readers + 1);
  let origin = originOf(plan, new Map());
  let specs: readonly TargetSpec[] = [];
  let bytesDone = 0;
  let keys = 0;
  const read = await runGuarded(pool, signal, () =>
    readSnapshot<CompareTask, CompareResult>(pool, {
      worker: "compare",
      path: plan.file,
      header: plan.header,
      readers,
      begin(aux) {
        origin = originOf(plan, aux);
        specs = targetsOf(options).map((one) => specOf(origin, one));
        return { createdAt: origin.createdAt, targets: specs, filter: filters, largest };
      },
      onChunk(chunk) {
        bytesDone += chunk.bytes;
        keys += chunk.keys;
        options.onProgress?.({ phase: "read", bytesDone, bytesTotal: plan.bytes, keys });
      },
    }),
  );
  return comparison(plan, origin, namesOf(options, specs), specs, read, largest);
}

function checkOptions({ targets, filters, workers }: CompareOptions): void {
  if (targets.length === 0) throw new UsageError("no server given to compare with");
  if (targets.length > MAX_TARGETS)
    throw new UsageError(`${MAX_TARGETS} servers are compared at most, not ${targets.length}`);
  for (const target of targets) checkChoice(target);
  const names = targets.map(({ name, profile }) => name ?? profile ?? "");
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new UsageError(`two servers are called ${twice}: give one another name`);
  checkWorkers(workers);
  compileFilter(filters ?? {}, 0);
}

/** The targets, the snapshot's own server before a single one. */
function targetsOf({ targets }: CompareOptions): readonly NamedTarget[] {
  return targets.length > 1 ? targets : [{}, ...targets];
}

function namesOf(options: CompareOptions, specs: readonly TargetSpec[]): string[] {
  return targetsOf(options).map(({ name, profile }, i) => name ?? profile ?? `${specs[i]!.profile} (own)`);
}

function comparison(
  plan: Plan,
  origin: Origin,
  names: readonly string[],
  specs: readonly TargetSpec[],
  read: ReadSnapshot<CompareResult>,
  largest: number,
): Comparison {
  const targets = specs.map(targetOf);
  const libraries = librariesOf(read.facts);
  const merged = mergeTallies(read.readers, targets, names, libraries, largest);
  const { totals, types, patterns, changes, changedKeys, usedMemory } = merged;
  return {
    path: plan.path,
    server: origin.server,
    server_version: origin.version,
    created_at: origin.createdAt,
    checksum: read.checksum,
    keys: totals.keys,
    targets: specs.map((spec, t) => ({
      name: names[t]!,
      profile: spec.profile,
      profile_measured: profileOf(spec).measured !== undefined,
      allocator: spec.allocator,
      settings: targets[t]!.config,
      ...sumsOf(totals, t),
      used_memory: usedMemory[t]!,
    })),
    types,
    patterns,
    encoding_changes: changes,
    changed_keys: changedKeys,
    warnings: [
      ...inputNotes(plan, read.facts.trailingBytes),
      ...mergeDamages(read.readers.map(({ damages }) => damages)),
    ].map(({ code, message }) => ({ code, message })),
  };
}

function sumsOf({ bytes, heap_bytes: heapBytes }: ComparedSums, t: number) {
  const more = bytes[t]! - bytes[0]!;
  return {
    bytes: bytes[t]!,
    heap_bytes: heapBytes[t]!,
    bytes_more: more,
    bytes_more_share: bytes[0]! > 0 ? more / bytes[0]! : 0,
  };
}
