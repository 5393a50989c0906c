import { LAYOUT } from "../../parsers/visitor.ts";
import type { Finish } from "./finished.ts";
import {
  finishHash,
  finishHashExpiry,
  finishHashListpack,
  finishHashListpackExpiry,
  finishHashZiplist,
  finishHashZipmap,
} from "./models/hash.ts";
import { finishList, finishListZiplist } from "./models/list.ts";
import { finishArray, finishGcra, finishModule, finishTemplate } from "./models/opaque.ts";
import { finishSet, finishSetIntset, finishSetListpack } from "./models/set.ts";
import { finishStream } from "./models/stream.ts";
import { finishString } from "./models/string.ts";
import { finishZset, finishZsetListpack, finishZsetZiplist } from "./models/zset.ts";
import { TYPE, type TypeName } from "./types.ts";

/** What the meter does with each element of a layout: bits of `LayoutRow.flags`. */
export const FLAG = {
  /** Sum the elements' sds allocations. */
  sds: 1,
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
} as const;

/** How many elements make one of what `elements` counts; 0 where the value has no such count. */
type Group = 0 | 1 | 2;

interface LayoutRow {
  readonly type: TypeName;
  readonly flags: number;
  readonly group: Group;
  readonly finish: Finish;
}

const { sds, entry, scores, fill, listpackNodes, ziplistNodes, stream } = FLAG;

const ROWS: Readonly<Record<keyof typeof LAYOUT, LayoutRow>> = {
  string: { type: "string", flags: entry, group: 0, finish: finishString },
  list: { type: "list", flags: entry | fill, group: 1, finish: finishList },
  listZiplist: { type: "list", flags: entry | fill, group: 1, finish: finishListZiplist },
  quicklistZiplist: { type: "list", flags: entry | ziplistNodes, group: 1, finish: finishList },
  quicklist2: { type: "list", flags: listpackNodes, group: 1, finish: finishList },
  set: { type: "set", flags: sds | entry, group: 1, finish: finishSet },
  setIntset: { type: "set", flags: sds, group: 1, finish: finishSetIntset },
  setListpack: { type: "set", flags: sds, group: 1, finish: finishSetListpack },
  zset: { type: "zset", flags: sds | entry, group: 1, finish: finishZset },
  zsetZiplist: { type: "zset", flags: sds | entry | scores, group: 2, finish: finishZsetZiplist },
  zsetListpack: { type: "zset", flags: sds | scores, group: 2, finish: finishZsetListpack },
  hash: { type: "hash", flags: sds | entry, group: 2, finish: finishHash },
  hashZipmap: { type: "hash", flags: sds | entry, group: 2, finish: finishHashZipmap },
  hashZiplist: { type: "hash", flags: sds | entry, group: 2, finish: finishHashZiplist },
  hashListpack: { type: "hash", flags: sds, group: 2, finish: finishHashListpack },
  hashExpiry: { type: "hash", flags: sds, group: 2, finish: finishHashExpiry },
  hashListpackExpiry: { type: "hash", flags: sds, group: 2, finish: finishHashListpackExpiry },
  hashTemplateListpack: { type: "hash", flags: 0, group: 1, finish: finishTemplate },
  hashTemplateArray: { type: "hash", flags: 0, group: 1, finish: finishTemplate },
  stream: { type: "stream", flags: stream, group: 0, finish: finishStream },
  array: { type: "array", flags: 0, group: 1, finish: finishArray },
  module: { type: "module", flags: 0, group: 0, finish: finishModule },
  gcra: { type: "gcra", flags: 0, group: 0, finish: finishGcra },
};

const COUNT = Object.keys(LAYOUT).length;

/** The same by index of layout, for the hot path. */
export const LAYOUT_TYPE = new Uint8Array(COUNT);
export const LAYOUT_FLAGS = new Uint8Array(COUNT);
export const LAYOUT_GROUP = new Uint8Array(COUNT);
export const LAYOUT_FINISH: Finish[] = new Array<Finish>(COUNT).fill(finishString);

for (const name of Object.keys(ROWS) as (keyof typeof LAYOUT)[]) {
  const row = ROWS[name];
  const index = LAYOUT[name];
  LAYOUT_TYPE[index] = TYPE[row.type];
  LAYOUT_FLAGS[index] = row.flags;
  LAYOUT_GROUP[index] = row.group;
  LAYOUT_FINISH[index] = row.finish;
}
