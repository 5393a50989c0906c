import { SLOTS } from "../inventory/slot.ts";
import { type Column, column, type Row, type Section } from "./answer.ts";
import { isUnfiltered } from "./filters.ts";
import { hashTags } from "./hash-tags.ts";
import { notesOf } from "./notes.ts";
import {
  type DrawnSums,
  drawnSums,
  estimateColumns,
  estimated,
  keysOfRows,
  ofRow,
  sampleOf,
  samplingError,
} from "./sampling.ts";
import {
  BY_SNAPSHOT,
  HASHED_NOTE,
  isAnsweredByRows,
  keySource,
  type Scope,
  scopeParams,
  tallySource,
} from "./scope.ts";
import { slotRanges } from "./slot-ranges.ts";
import { counted, thousands } from "./words.ts";

/** A hash slot that has keys. */
export interface SlotAmount {
  readonly slot: number;
  readonly keys: number;
  readonly bytes: number;
}

/** How evenly memory lies over all 16384 slots. */
export type SlotBalanceRow = {
  /** Slots that have keys. */
  readonly slots: number;
  readonly keys: number;
  readonly bytes: number;
  /** Of all slots, empty ones too. */
  readonly mean_bytes: number;
  readonly max_bytes: number;
  /** The imbalance: `max_bytes` over `mean_bytes`, 1 where all slots are alike. */
  readonly max_over_mean: number;
  /** Share of `bytes` in the fullest slot, and in the fullest hundredth of all slots. */
  readonly top_slot_share: number;
  readonly top_percent_share: number;
};

/** Columns of all slots; in a sample, slots of keys that were not drawn are not among those that are used. */
const BALANCE_COLUMNS: readonly Column[] = [
  column("slots", "Used", "count", { atLeast: "slots_at_least" }),
  column("keys", "Keys", "count"),
  column("bytes", "Memory", "bytes"),
  column("mean_bytes", "Mean of all", "bytes"),
  column("max_bytes", "Fullest", "bytes"),
  column("max_over_mean", "Max/mean", "ratio"),
  column("top_slot_share", "Fullest has", "share"),
  column("top_percent_share", "Top 1% have", "share"),
];

const AT_LEAST_COLUMN = column("slots_at_least", "≥", "count", { machineOnly: true });

const NODE_COLUMNS: readonly Column[] = [
  column("node", "Node", "count"),
  column("first_slot", "First slot", "number"),
  column("last_slot", "Last slot", "number"),
  column("keys", "Keys", "count", { sum: true }),
  column("bytes", "Memory", "bytes", { sum: true }),
  column("bytes_share", "% mem", "share"),
  column("over_mean", "Over mean", "ratio"),
];

const SLOT_COLUMNS: readonly Column[] = [
  column("slot", "Slot", "number"),
  column("keys", "Keys", "count"),
  column("bytes", "Memory", "bytes"),
  column("bytes_share", "% mem", "share"),
  column("over_mean", "Over mean", "ratio"),
  column("hash_tag", "Biggest hash tag", "key"),
  column("tag_keys", "Its keys", "count"),
  column("tag_bytes", "Its memory", "bytes"),
];
const WITHOUT_TAGS = SLOT_COLUMNS.map((one) => ({
  ...one,
  machineOnly: /tag/.test(one.name),
}));

/** What the question may be asked besides its scope. */
export interface SlotOptions {
  readonly largest: number;
  /** Even slot ranges of this many nodes are told, too. */
  readonly nodes?: number | undefined;
  /** Hash tags are told, however many key rows have to be looked at. */
  readonly tags?: boolean | undefined;
}

/** How evenly keys and memory lie over hash slots, over nodes where they are asked for, and the `largest` slots. */
export function slotsSections(scope: Scope, { largest, nodes, tags = false }: SlotOptions): Section[] {
  const all = slotAmounts(scope);
  const total = all.reduce((sum, { bytes }) => sum + bytes, 0);
  const fullest = all.toSorted((a, b) => b.bytes - a.bytes || a.slot - b.slot).slice(0, largest);
  const named = scope.snapshot.hashed_names === null;
  const withTags = named && (tags || isAnsweredByRows(scope, true));
  const tagOf = withTags ? hashTags(scope, fullest) : undefined;
  const rows = fullest.map((one) => {
    const tag = tagOf?.get(one.slot);
    return {
      ...one,
      bytes_share: total > 0 ? one.bytes / total : 0,
      over_mean: overMean(one.bytes, total, SLOTS),
      hash_tag: tag?.hash_tag ?? null,
      tag_keys: tag?.keys ?? null,
      tag_bytes: tag?.bytes ?? null,
    };
  });
  const columns = withTags ? SLOT_COLUMNS : WITHOUT_TAGS;
  const isPartial = isPart(scope);
  const notes = [
    ...notesOf(scope),
    ...emptyNotes(all.length, isPartial),
    ...slotSampleNotes(scope),
    ...tagNotes(scope, withTags),
  ];
  return [
    {
      name: "slot_balance",
      title: "Balance of hash slots",
      columns: estimateColumns(scope, isPartial ? [...BALANCE_COLUMNS, AT_LEAST_COLUMN] : BALANCE_COLUMNS),
      rows: [{ ...slotBalance(all), ...(isPartial && { slots_at_least: 1 }), ...totalErrors(scope) }],
    },
    ...(nodes === undefined
      ? []
      : [
          {
            name: "slot_nodes",
            title: `Even slot ranges of ${counted(nodes, "node")}`,
            columns: NODE_COLUMNS,
            rows: nodeRows(all, nodes),
          },
        ]),
    { name: "slots", title: "Fullest slots", columns, rows, notes },
  ];
}

/** Keys and memory of each slot that has keys, in the order of slots. */
export function slotAmounts(scope: Scope): SlotAmount[] {
  const sql = isUnfiltered(scope.filters)
    ? `SELECT slot, sum(keys) AS keys, sum(bytes) AS bytes FROM slots WHERE ${BY_SNAPSHOT} GROUP BY slot ORDER BY slot`
    : `SELECT slot, ${keysOfRows(scope)} AS keys, sum(${ofRow(scope, "bytes")}) AS bytes FROM ${keySource(scope)}
       GROUP BY slot ORDER BY slot`;
  return scope.inventory.all<SlotAmount>(sql, scopeParams(scope));
}

/** What hash slots say of balance: `slots` are those that have keys. */
export function slotBalance(slots: readonly SlotAmount[]): SlotBalanceRow {
  const sizes = slots.map(({ bytes }) => bytes).sort((a, b) => b - a);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const share = (count: number) =>
    bytes > 0 ? sizes.slice(0, count).reduce((sum, size) => sum + size, 0) / bytes : 0;
  return {
    slots: slots.length,
    keys: slots.reduce((sum, { keys }) => sum + keys, 0),
    bytes,
    mean_bytes: bytes / SLOTS,
    max_bytes: sizes[0] ?? 0,
    max_over_mean: overMean(sizes[0] ?? 0, bytes, SLOTS),
    top_slot_share: share(1),
    top_percent_share: share(Math.ceil(SLOTS / 100)),
  };
}

/** What the slots of each of `nodes` nodes hold, as `redis-cli --cluster create` deals them out. */
export function nodeRows(slots: readonly SlotAmount[], nodes: number) {
  const total = slots.reduce((sum, { bytes }) => sum + bytes, 0);
  return slotRanges(nodes).map(({ first, last }, node) => {
    const own = slots.filter(({ slot }) => slot >= first && slot <= last);
    const bytes = own.reduce((sum, one) => sum + one.bytes, 0);
    return {
      node: node + 1,
      first_slot: first,
      last_slot: last,
      keys: own.reduce((sum, one) => sum + one.keys, 0),
      bytes,
      bytes_share: total > 0 ? bytes / total : 0,
      over_mean: overMean(bytes, total, nodes),
    };
  });
}

/** How many times the mean of `count` parts one part has, to a hundredth. */
function overMean(part: number, total: number, count: number): number {
  return total > 0 ? Math.round((part * count * 100) / total) / 100 : 0;
}

/** The errors of all keys and bytes together; none where they are not estimated. */
function totalErrors(scope: Scope): Row {
  const sums = drawnSums(scope);
  if (sums === "") return {};
  const found = scope.inventory.all<DrawnSums>(
    `SELECT ${sums.slice(1)} FROM ${tallySource(scope)}`,
    scopeParams(scope),
  );
  return estimated(scope, found)[0] as unknown as Row;
}

/** Whether there are keys that were not drawn, so that nobody knows which slots have none. */
function isPart({ snapshot }: Scope): boolean {
  const sample = sampleOf(snapshot);
  return sample !== undefined && sample.drawnKeys < sample.drawnFrom;
}

/** What means are of, where that is not what one would divide by. */
function emptyNotes(used: number, isPartial: boolean): string[] {
  if (used === SLOTS || used === 0) return [];
  if (isPartial) return [`means are of all ${thousands(SLOTS)} slots`];
  return [`means are of all ${thousands(SLOTS)} slots, and ${thousands(SLOTS - used)} of them have no keys`];
}

/** How far the number of keys in a slot of average size may be off, where it is estimated. */
function slotSampleNotes({ snapshot }: Scope): string[] {
  const sample = sampleOf(snapshot);
  if (sample === undefined) return [];
  const drawn = sample.drawnKeys / SLOTS;
  const error = samplingError(sample, sample.drawnKeys, drawn, drawn);
  if (error === undefined || error === 0) return [];
  const off = `${Math.round((100 * error) / (drawn * sample.weight))}%`;
  return [
    `a slot has ${drawn.toFixed(1)} keys of the sample on average, which tells its keys within ±${off}: unevenness up to that is the sample's, and slots without any are not seen`,
  ];
}

function tagNotes({ snapshot }: Scope, shown: boolean): string[] {
  if (shown || snapshot.keys === 0) return [];
  if (snapshot.hashed_names !== null) return [`no hash tags: ${HASHED_NOTE}`];
  const rows = snapshot.stored_rows;
  const cost = rows === 0 ? "" : `, by looking at each of ${counted(rows, "key row")}`;
  return [`hash tags were not looked for: --tags does${cost}`];
}
