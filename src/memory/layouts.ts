import { LAYOUT } from "../../parsers/visitor.ts";
import { TYPE, type TypeName } from "./types.ts";

/** What the meter does with each element of a layout: bits of `LayoutRow.flags`. */
export const FLAG = {
  /** Sum what the elements take as members of a hash table or skiplist. */
  members: 1,
  /** Sum their listpack entries, and look for integers held as text. */
  entry: 2,
  /** Every other element is a packed score, no element. */
  scores: 4,
  /** Fill quicklist nodes element by element. */
  fill: 8,
  /** Blobs are quicklist nodes, taken as they are. */
  listpackNodes: 16,
  /** Blobs are quicklist nodes, written anew as listpacks. */
  ziplistNodes: 32,
  /** Blobs are a stream's listpacks. */
  stream: 64,
  /** Elements are fields and values by turns: sum what each pair takes in a hash table. */
  pairs: 128,
  /** Each pair is followed by its expiry, which is a listpack entry too. */
  fieldExpiry: 256,
  /** Some target packs these elements as a ziplist. */
  ziplist: 512,
  /** Some target prints scores by "%.17g" into a listpack. */
  printfScores: 1024,
} as const;

/** Flags of values that are packed if they have few elements, and of those that consist of packed nodes. */
export const PACKING = FLAG.entry | FLAG.ziplist | FLAG.printfScores;
export const NODES = FLAG.fill | FLAG.listpackNodes | FLAG.ziplistNodes | FLAG.stream;

/** How many elements make one of what `elements` counts; 0 where the value has no such count. */
type Group = 0 | 1 | 2;

interface LayoutRow {
  readonly type: TypeName;
  readonly flags: number;
  readonly group: Group;
}

const { members, pairs, fieldExpiry, entry, scores, fill, listpackNodes, ziplistNodes, stream } = FLAG;

const ROWS: Readonly<Record<keyof typeof LAYOUT, LayoutRow>> = {
  string: { type: "string", flags: entry, group: 0 },
  list: { type: "list", flags: entry | fill, group: 1 },
  listZiplist: { type: "list", flags: entry | fill, group: 1 },
  quicklistZiplist: { type: "list", flags: entry | ziplistNodes, group: 1 },
  quicklist2: { type: "list", flags: listpackNodes, group: 1 },
  set: { type: "set", flags: members | entry, group: 1 },
  setIntset: { type: "set", flags: members, group: 1 },
  setListpack: { type: "set", flags: members, group: 1 },
  zset: { type: "zset", flags: members | entry, group: 1 },
  zsetZiplist: { type: "zset", flags: members | entry | scores, group: 2 },
  zsetListpack: { type: "zset", flags: members | scores, group: 2 },
  hash: { type: "hash", flags: pairs | entry, group: 2 },
  hashZipmap: { type: "hash", flags: pairs | entry, group: 2 },
  hashZiplist: { type: "hash", flags: pairs | entry, group: 2 },
  hashListpack: { type: "hash", flags: pairs, group: 2 },
  hashExpiry: { type: "hash", flags: pairs | fieldExpiry | entry, group: 2 },
  hashListpackExpiry: { type: "hash", flags: pairs | fieldExpiry, group: 2 },
  hashTemplateListpack: { type: "hash", flags: 0, group: 1 },
  hashTemplateArray: { type: "hash", flags: 0, group: 1 },
  stream: { type: "stream", flags: stream, group: 0 },
  array: { type: "array", flags: 0, group: 1 },
  module: { type: "module", flags: 0, group: 0 },
  gcra: { type: "gcra", flags: 0, group: 0 },
};

const COUNT = Object.keys(LAYOUT).length;

/** The same by index of layout, for the hot path. */
export const LAYOUT_TYPE = new Uint8Array(COUNT);
const LAYOUT_FLAGS = new Uint16Array(COUNT);
export const LAYOUT_GROUP = new Uint8Array(COUNT);

/** Bits of `FLAG` that a server's loader needs besides those that a layout always has. */
export type ExtraFlags = Partial<Readonly<Record<keyof typeof LAYOUT, number>>>;

/** `LAYOUT_FLAGS` with the bits that any of some loaders needs. */
export function layoutFlags(extras: Iterable<ExtraFlags>): Uint16Array {
  const flags = LAYOUT_FLAGS.slice();
  for (const extra of extras) {
    for (const name of Object.keys(extra) as (keyof typeof LAYOUT)[]) {
      flags[LAYOUT[name]]! |= extra[name] as number;
    }
  }
  return flags;
}

for (const name of Object.keys(ROWS) as (keyof typeof LAYOUT)[]) {
  const row = ROWS[name];
  const index = LAYOUT[name];
  LAYOUT_TYPE[index] = TYPE[row.type];
  LAYOUT_FLAGS[index] = row.flags;
  LAYOUT_GROUP[index] = row.group;
}
