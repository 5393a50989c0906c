import { readFileSync } from "node:fs";
import { countLoaded, slotCounts } from "../../src/inventory/rollup/rollup.ts";
import { keyHashSlot } from "../../src/inventory/slot.ts";
import type { AllocatorName } from "../../src/memory/allocators/index.ts";
import { ItemisedBill } from "../../src/memory/bill.ts";
import { parseSettings } from "../../src/memory/config.ts";
import { librariesOf } from "../../src/memory/models/functions.ts";
import { PROFILES, type Profile } from "../../src/memory/profiles/index.ts";
import { makeTarget, type Target } from "../../src/memory/target.ts";
import { tableBytes, usedMemory } from "../../src/memory/used-memory.ts";
import { addUpFault } from "./adds-up.ts";
import { type Truth, type TruthFolder, tagOf } from "./folder.ts";
import { isExact, isInBand, type State, stateOf } from "./states.ts";
import { type SizedKey, sizeSnapshot } from "./walk.ts";

/** A deterministic key may be off by so much, if it is one of very few that are not exact. */
const TOLERATED_BYTES = 16;
const TOLERATED_SHARE = 0.02;
/** A key that ended between loading and being asked has no answer. */
const ASKED_WITHIN_MS = 60_000;
/** A band from 1% to 99% of a normal variable is so many standard deviations wide. */
const BAND_DEVIATIONS = 2 * 2.326;
/** Shown of a key's name. */
const NAME_BYTES = 40;

/** The keys of one type and encoding of a folder, as the server answered. */
export interface Group {
  readonly kind: string;
  readonly state: State;
  keys: number;
  /** To the byte; inside the model's band; as the state demands. */
  exact: number;
  inBand: number;
  right: number;
  /** Not right, and off by more than is tolerated. */
  beyond: number;
  wrongEncodings: number;
  /** The first of them. */
  wrongEncoding: string;
  /** Sums of bytes: the model's and the server's. */
  ours: number;
  theirs: number;
  /** Variance of `ours`, as the keys' bands tell it. */
  variance: number;
  /** Of the key that is off most; keys that are not right come first. */
  worstBytes: number;
  worstShare: number;
  worstIsRight: boolean;
  worstKey: string;
}

/** What the model says of a folder, beside what the server said. */
export interface Measurement {
  readonly folder: TruthFolder;
  readonly target: Target;
  readonly groups: readonly Group[];
  /** Keys of the truth that the snapshot does not have, and keys of the snapshot that the server should have had. */
  readonly missing: number;
  readonly unexpected: readonly string[];
  /** used_memory minus startup. */
  readonly used: { readonly ours: number; readonly theirs: number };
  /** Bills whose lines are not sound, and how many bills there were. */
  readonly faults: readonly string[];
  readonly bills: number;
}

/** The profile a folder's server belongs to, by name. */
export const profileName = (folder: TruthFolder): string => folder.server.replace(/^debian-/, "");

/** Debian links the distribution's jemalloc, which has no large size classes from 5.3.1 on. */
function allocatorOf({ server, allocator }: TruthFolder, profile: Profile): AllocatorName {
  if (!server.startsWith("debian-")) return profile.allocator;
  const [, patch] = /^jemalloc-5\.3\.(\d+)/.exec(allocator) ?? [];
  return patch !== undefined && Number(patch) >= 1 ? "jemalloc-16-paged" : "jemalloc-16";
}

/** A folder's server as a target; undefined when no profile stands for it. */
export function targetOf(folder: TruthFolder): Target | undefined {
  const profile = (PROFILES as Record<string, Profile>)[profileName(folder)];
  if (profile === undefined) return undefined;
  return makeTarget(profile, {
    allocator: allocatorOf(folder, profile),
    config: parseSettings(folder.config, "ignore"),
    loadedAt: folder.loadedAt,
  });
}

/** Holds the model of a target against every key of a folder. */
export function measureFolder(folder: TruthFolder, target: Target): Measurement {
  const groups = new Map<string, Group>();
  const databases = new Map<
    number,
    { keys: number; expires: number; expiringHashes: number; heapBytes: number }
  >();
  const slots = target.config.clusterEnabled ? new Map<number, Float64Array>() : undefined;
  const unexpected: string[] = [];
  const faults: string[] = [];
  let met = 0;
  let bills = 0;
  const each = (key: SizedKey): void => {
    bills++;
    const fault = addUpFault(key);
    if (fault !== undefined) faults.push(`${nameOf(key)}: ${fault}`);
    if (!key.hasExpiry || key.expiresAt > folder.loadedAt) {
      const database = databases.get(key.db) ?? { keys: 0, expires: 0, expiringHashes: 0, heapBytes: 0 };
      databases.set(key.db, database);
      database.keys++;
      database.heapBytes += key.heapBytes;
      if (key.hasExpiry) database.expires++;
      if (key.expiringFields) database.expiringHashes++;
      if (slots !== undefined) countLoaded(slots, { ...key, slot: keyHashSlot(key.key, key.key.length) });
    }
    const truth = folder.truths.get(tagOf(key.db, key.key));
    if (truth !== undefined) {
      met++;
      addKey(groups, key, truth, target.profile.name);
    } else if (!key.hasExpiry || key.expiresAt > folder.loadedAt + ASKED_WITHIN_MS) {
      unexpected.push(nameOf(key));
    }
  };
  const facts = sizeSnapshot(readFileSync(folder.snapshot), target, each, () => new ItemisedBill());
  const loaded = [...databases].map(([db, counts]) => ({ ...counts, ...slotCounts([slots], db) }));
  const used = usedMemory(target, loaded, librariesOf(facts));
  const emptyTables = tableBytes(target, { keys: 0, expires: 0 });
  return {
    folder,
    target,
    groups: [...groups.values()].sort((a, b) => (a.kind < b.kind ? -1 : 1)),
    missing: folder.truths.size - met,
    unexpected,
    used: {
      ours: used.estimatedBytes - used.baselineBytes - emptyTables + folder.emptyBytes,
      theirs: folder.usedBytes,
    },
    faults,
    bills,
  };
}

/** A key name that is safe to print. */
function nameOf({ db, key }: SizedKey): string {
  return `${db}:${JSON.stringify(key.subarray(0, NAME_BYTES).toString("latin1"))}`;
}

function emptyGroup(truth: Truth, profile: string): Group {
  return {
    kind: `${truth.type}/${truth.encoding}`,
    state: stateOf(truth.type, truth.encoding, profile),
    keys: 0,
    exact: 0,
    inBand: 0,
    right: 0,
    beyond: 0,
    wrongEncodings: 0,
    wrongEncoding: "",
    ours: 0,
    theirs: 0,
    variance: 0,
    worstBytes: 0,
    worstShare: 0,
    worstIsRight: true,
    worstKey: "",
  };
}

function addKey(groups: Map<string, Group>, key: SizedKey, truth: Truth, profile: string): void {
  const kind = `${truth.type}/${truth.encoding}`;
  const group = groups.get(kind) ?? emptyGroup(truth, profile);
  groups.set(kind, group);
  const right = group.state.isRight(key, truth);
  const error = distance(key, truth, group.state);
  group.keys++;
  group.ours += key.bytes;
  group.theirs += truth.bytes;
  group.variance += ((key.max - key.min) / BAND_DEVIATIONS) ** 2;
  if (isExact(key, truth)) group.exact++;
  if (isInBand(key, truth)) group.inBand++;
  if (right) group.right++;
  else if (error > Math.max(TOLERATED_BYTES, TOLERATED_SHARE * truth.bytes)) group.beyond++;
  if (key.encoding !== truth.encoding && group.wrongEncodings++ === 0) {
    group.wrongEncoding = `${nameOf(key)} ${key.encoding}`;
  }
  if (isWorse(group, right, error)) {
    group.worstBytes = error;
    group.worstShare = error / truth.bytes;
    group.worstIsRight = right;
    group.worstKey = `${nameOf(key)} ${key.encoding} ${key.bytes}, not ${truth.bytes}`;
  }
}

const isWorse = (group: Group, right: boolean, error: number) =>
  right === group.worstIsRight ? error > group.worstBytes : !right;

/** Bytes to the answer that the state is judged by: the first one, or the nearest of all loads. */
function distance({ bytes }: SizedKey, truth: Truth, { name }: State): number {
  const first = Math.abs(bytes - truth.bytes);
  if (name === "band") return first;
  return Math.min(first, Math.abs(bytes - truth.min), Math.abs(bytes - truth.max));
}
