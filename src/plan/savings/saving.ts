import { hasKeyRows, type Scope } from "../../queries/scope.ts";
import { type PlanData, tablesOf } from "../data.ts";
import { type SlotLoads, scaledSlots } from "../slots.ts";
import type { CompressionTrial } from "./trial.ts";

/** What a change takes off the keys of a pattern in a database. Keys are those that a server would load; negative figures add some. */
export interface SavedPart {
  readonly pattern: string;
  /** Null: no key of the pattern goes, each takes less. */
  readonly db: number | null;
  /** Heap of the keys, by the memory model. */
  readonly heap_bytes: number;
  /** Keys that are gone, and those of them that had a TTL. */
  readonly keys: number;
  readonly expires: number;
}

/** Something that could be done to take less memory. */
export interface Saving {
  /** The kind of it: a name of `SAVINGS`. */
  readonly kind: string;
  /** The pattern, directive or server that it is about. */
  readonly what: string;
  /** How many keys it is about. */
  readonly keys: number;
  /** What it takes off; or the data that there is afterwards. */
  readonly change: readonly SavedPart[] | PlanData;
  /** What the figure rests on, and which way it is off. */
  readonly basis: string;
  /** What it costs in CPU or complexity. */
  readonly cost: string;
}

/** Where savings are looked for: an inventory for the server that is planned for. */
export interface SavingsInput {
  readonly scope: Scope;
  readonly data: PlanData;
  /** The data on other servers that could load the snapshot; empty where only an inventory is known. */
  readonly moves: readonly PlanData[];
  /** What was compressed to see how small it becomes; undefined: nothing was. */
  readonly trials?: readonly CompressionTrial[] | undefined;
}

/** A kind of saving. */
export interface SavingKind {
  readonly kind: string;
  /** Whether it looks at each key. */
  readonly needsRows: boolean;
  readonly find: (input: SavingsInput) => readonly Saving[];
}

/** Conditions of keys that a server would load, in SQL of the view `keys`. */
export const LOADED = "(expires_at IS NULL OR expires_at > @createdAt)";

/** Whether it is another server, on which everything else has to be estimated anew. */
export function isMove({ change }: Saving): boolean {
  return "target" in change;
}

/** Whether two savings may be about the same keys, so that both together save less than their sum. */
export function excludes(a: Saving, b: Saving): boolean {
  const [ofA, ofB] = [patternsOf(a), patternsOf(b)];
  // A value is beyond one threshold alone.
  if (a.kind === "encoding threshold" && b.kind === a.kind) return false;
  return ofA.some((pattern) => ofB.includes(pattern));
}

function patternsOf({ change }: Saving): readonly string[] {
  return "target" in change ? [] : change.map(({ pattern }) => pattern);
}

/** The data after changes that do not exclude each other. Tables are made anew for the keys that are left; slots of others than patterns with a growth of their own become lighter alike. */
export function afterwards(data: PlanData, savings: readonly Saving[]): PlanData {
  return savings.reduce((now, { change }) => ("target" in change ? change : without(now, change)), data);
}

function without(data: PlanData, parts: readonly SavedPart[]): PlanData {
  const sum = (own: readonly SavedPart[], of: "heap_bytes" | "keys" | "expires") =>
    own.reduce((total, part) => total + part[of], 0);
  const databases = data.databases.map((one) => {
    const own = parts.filter(({ db }) => db === one.db);
    return { ...one, keys: one.keys - sum(own, "keys"), expires: one.expires - sum(own, "expires") };
  });
  const patterns = data.patterns.map((one) => {
    const own = parts.filter(({ pattern }) => pattern === one.pattern);
    return {
      ...one,
      keys: Math.max(0, one.keys - sum(own, "keys")),
      heap_bytes: Math.max(0, one.heap_bytes - sum(own, "heap_bytes")),
    };
  });
  const left = {
    ...data,
    databases,
    patterns,
    keys: data.keys - sum(parts, "keys"),
    key_bytes: data.key_bytes - sum(parts, "heap_bytes"),
  };
  return {
    ...left,
    table_bytes: data.table_bytes - tablesOf(data, 1) + tablesOf(left, 1),
    slots: data.slots && lighterSlots(data.slots, data, left),
  };
}

/** Patterns that are known by slot lose what is theirs there; slots of all others become lighter alike. */
function lighterSlots(slots: SlotLoads, before: PlanData, after: PlanData): SlotLoads {
  const known = ({ patterns }: PlanData) => patterns.filter(({ pattern }) => slots.patterns?.has(pattern));
  const left = new Map(known(after).map((one) => [one.pattern, one]));
  const share = (is: number, was: number) => (was > 0 ? Math.max(0, is / was) : 0);
  const own = new Map(
    known(before).map(({ pattern, keys, heap_bytes: bytes }) => {
      const is = left.get(pattern);
      return [pattern, { keys: share(is?.keys ?? 0, keys), bytes: share(is?.heap_bytes ?? 0, bytes) }];
    }),
  );
  const others = (data: PlanData) => ({
    keys: known(data).reduce((sum, { keys }) => sum - keys, data.keys),
    bytes: known(data).reduce((sum, { heap_bytes: bytes }) => sum - bytes, data.key_bytes),
  });
  const [was, is] = [others(before), others(after)];
  return scaledSlots(slots, own, { keys: share(is.keys, was.keys), bytes: share(is.bytes, was.bytes) });
}

/** Whether each key can be looked at, by its name. */
export function hasNames(scope: Scope): boolean {
  return hasKeyRows(scope) && scope.snapshot.hashed_names === null;
}
