import { ACCURACY } from "../inventory/schema.ts";
import { textOrBytes } from "../inventory/utf8.ts";
import type { SharedIds } from "./shared-ids.ts";
import {
  byRank,
  CHANGES,
  type Change,
  type DifferentKey,
  type DiffTally,
  FLOW,
  KEY_LISTS,
  type KeyFacts,
  type KeyListName,
} from "./tally.ts";

/** A key that was added, removed or changed. What only the other side has is null. */
export type KeyChange = {
  readonly change: "added" | "removed" | "changed";
  readonly db: number;
  readonly key: string | Buffer;
  /** What is other than before, separated by commas; of `CHANGES`. */
  readonly what: string;
  readonly old_type: string | null;
  readonly new_type: string | null;
  readonly old_encoding: string | null;
  readonly new_encoding: string | null;
  /** MEMORY USAGE … SAMPLES 0, in bytes. */
  readonly old_bytes: number | null;
  readonly new_bytes: number | null;
  readonly bytes_change: number;
  readonly bytes_change_share: number | null;
  readonly old_elements: number | null;
  readonly new_elements: number | null;
  /** Milliseconds since the epoch. */
  readonly old_expires_at: number | null;
  readonly new_expires_at: number | null;
  /** As the new inventory files it; of a removed key, the old one. */
  readonly pattern: string | null;
  /** 1: a size of it is a lower bound. */
  readonly lower_bound: number;
};

/** How many keys differ, and how. */
export interface KeyTotals {
  readonly added_keys: number;
  readonly added_bytes: number;
  readonly removed_keys: number;
  readonly removed_bytes: number;
  /** Of the removed ones, those that had expired when the new snapshot was made. */
  readonly removed_expired_keys: number;
  readonly removed_expired_bytes: number;
  readonly changed_keys: number;
  /** New less old bytes of the changed ones. */
  readonly changed_bytes: number;
  /** Of that, what keys grew by, and what they shrank by. */
  readonly grew_bytes: number;
  readonly shrank_bytes: number;
  /** Changed keys by what is other; one key may be in several. */
  readonly changes: Readonly<Record<Change, number>>;
}

/** Sums what threads counted. */
export function keyTotals(tallies: readonly DiffTally[]): KeyTotals {
  const flow = (at: number) =>
    tallies.reduce((n, { flows }) => [...flows.values()].reduce((sum, one) => sum + one[at]!, n), 0);
  const sum = (of: (tally: DiffTally) => number) => tallies.reduce((n, tally) => n + of(tally), 0);
  const [changedBytes, grewBytes] = [flow(FLOW.changedBytes), sum((tally) => tally.grewBytes)];
  const changes = CHANGES.map((name, i) => [name, sum((tally) => tally.changes[i]!)]);
  return {
    added_keys: flow(FLOW.addedKeys),
    added_bytes: flow(FLOW.addedBytes),
    removed_keys: flow(FLOW.removedKeys),
    removed_bytes: flow(FLOW.removedBytes),
    removed_expired_keys: sum((tally) => tally.removedExpired),
    removed_expired_bytes: sum((tally) => tally.removedExpiredBytes),
    changed_keys: flow(FLOW.changedKeys),
    changed_bytes: changedBytes,
    grew_bytes: grewBytes,
    shrank_bytes: grewBytes - changedBytes,
    changes: Object.fromEntries(changes) as Record<Change, number>,
  };
}

/** The first `limit` keys of each list: the largest, or those that changed most. */
export function keyLists(
  tallies: readonly DiffTally[],
  ids: SharedIds,
  limit: number,
): Record<KeyListName, KeyChange[]> {
  const lists = KEY_LISTS.map((name) => {
    const keys = tallies.flatMap(({ lists }) => lists[name]).sort(byRank);
    return [name, keys.slice(0, limit).map((key) => keyChange(key, ids))];
  });
  return Object.fromEntries(lists) as Record<KeyListName, KeyChange[]>;
}

const LOWER_BOUND = ACCURACY.indexOf("lower bound");

function keyChange({ db, name, old, now }: DifferentKey, ids: SharedIds): KeyChange {
  const [before, after] = [told(old, ids), told(now, ids)];
  const more = (now?.bytes ?? 0) - (old?.bytes ?? 0);
  return {
    change: old === undefined ? "added" : now === undefined ? "removed" : "changed",
    db,
    key: textOrBytes(name),
    what: old === undefined || now === undefined ? "" : changesOf(old, now, ids).join(", "),
    old_type: before.type,
    new_type: after.type,
    old_encoding: before.encoding,
    new_encoding: after.encoding,
    old_bytes: before.bytes,
    new_bytes: after.bytes,
    bytes_change: more,
    bytes_change_share: old !== undefined && old.bytes > 0 ? more / old.bytes : null,
    old_elements: before.elements,
    new_elements: after.elements,
    old_expires_at: before.expiresAt,
    new_expires_at: after.expiresAt,
    pattern: (now === undefined ? before : after).pattern,
    lower_bound: Number([old, now].some((one) => one !== undefined && one.accuracy >= LOWER_BOUND)),
  };
}

function told(facts: KeyFacts | undefined, { kinds, patterns }: SharedIds) {
  if (facts === undefined)
    return { type: null, encoding: null, bytes: null, elements: null, expiresAt: null, pattern: null };
  const { type, encoding } = kinds[facts.kind]!;
  return {
    type,
    encoding,
    bytes: facts.bytes,
    elements: orNull(facts.elements),
    expiresAt: orNull(facts.expiresAt),
    pattern: patterns[facts.pattern] ?? null,
  };
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** What is other of a key that is on both sides. The same is counted by `Tally`. */
function changesOf(old: KeyFacts, now: KeyFacts, { kinds }: SharedIds): Change[] {
  const [before, after] = [kinds[old.kind]!, kinds[now.kind]!];
  const [had, has] = [!Number.isNaN(old.expiresAt), !Number.isNaN(now.expiresAt)];
  const holds: Record<Change, boolean> = {
    grew: now.bytes > old.bytes,
    shrank: now.bytes < old.bytes,
    elements: !Object.is(old.elements, now.elements),
    type: before.type !== after.type,
    encoding: before.encoding !== after.encoding,
    "ttl gained": !had && has,
    "ttl lost": had && !has,
    "ttl moved": had && has && old.expiresAt !== now.expiresAt,
  };
  return CHANGES.filter((name) => holds[name]);
}
