import { skipModuleData } from "./module.ts";
import { type StreamParts, skipStream } from "./stream.ts";
import { skipString, skipStrings } from "./strings.ts";
import { countInlineNames, skipInlineNames, type TemplateSource } from "./templates.ts";
import type { ValueReader } from "./values.ts";
import { LAYOUT } from "./visitor.ts";
import type { Window } from "./window.ts";

/** Which family of servers wrote a snapshot: some type bytes and opcodes mean different things. */
export const FAMILIES = ["redis", "valkey"] as const;
export type Family = (typeof FAMILIES)[number];

/** A value type of the format: a row a type byte (and family, where they differ). */
export interface RdbType {
  readonly code: number;
  /** The name in rdb.h, without its RDB_TYPE_ prefix. */
  readonly name: string;
  /** First RDB version that writes it. */
  readonly since: number;
  /** Only snapshots of this family use the code so. */
  readonly family?: Family;
  /** Moves the window behind the value; nothing is looked at but what its length depends on. */
  readonly skip: (w: Window, templates: TemplateSource) => void;
  /** Reads the value and reports it. */
  readonly walk: (r: ValueReader) => void;
}

const strings = (perElement: number) => (w: Window) => skipStrings(w, w.count() * perElement);

function each(w: Window, skipElement: (w: Window) => void): void {
  for (let left = w.count(); left > 0; left--) skipElement(w);
}

function skipTextScore(w: Window): void {
  skipString(w);
  const bytes = w.byte();
  if (bytes < 253) w.skip(bytes);
}

function skipBinaryScore(w: Window): void {
  skipString(w);
  w.skip(8);
}

function skipNode(w: Window): void {
  w.count();
  skipString(w);
}

function skipExpiringField(w: Window): void {
  w.count();
  skipStrings(w, 2);
}

function skipValkeyField(w: Window): void {
  skipStrings(w, 2);
  w.skip(8);
}

function skipArray(w: Window): void {
  const count = w.count();
  if (w.count() !== 0) w.count();
  for (let left = count; left > 0; left--) {
    w.count();
    const tag = w.count();
    if (tag === 1 || tag === 2) w.skip(8);
    else skipString(w);
  }
}

const STREAM_1: StreamParts = { counters: false, activeTime: false, idempotence: false, nacks: false };
const STREAM_2: StreamParts = { ...STREAM_1, counters: true };
const STREAM_3: StreamParts = { ...STREAM_2, activeTime: true };
const STREAM_4: StreamParts = { ...STREAM_3, idempotence: true };
const STREAM_5: StreamParts = { ...STREAM_4, nacks: true };

const L = LAYOUT;

/** Every value type that can be read. To add one: a row here, a method of `ValueReader`, a fixture. */
export const RDB_TYPES: readonly RdbType[] = [
  { code: 0, name: "STRING", since: 1, skip: skipString, walk: (r) => r.string(L.string) },
  { code: 1, name: "LIST", since: 1, skip: strings(1), walk: (r) => r.elements(L.list, 1) },
  { code: 2, name: "SET", since: 1, skip: strings(1), walk: (r) => r.elements(L.set, 1) },
  {
    code: 3,
    name: "ZSET",
    since: 1,
    skip: (w) => each(w, skipTextScore),
    walk: (r) => r.scored(L.zset, false),
  },
  { code: 4, name: "HASH", since: 1, skip: strings(2), walk: (r) => r.elements(L.hash, 2) },
  {
    code: 5,
    name: "ZSET_2",
    since: 8,
    skip: (w) => each(w, skipBinaryScore),
    walk: (r) => r.scored(L.zset, true),
  },
  {
    code: 7,
    name: "MODULE_2",
    since: 8,
    skip(w) {
      w.skipNumber();
      skipModuleData(w);
    },
    walk: (r) => r.module(L.module),
  },
  { code: 9, name: "HASH_ZIPMAP", since: 2, skip: skipString, walk: (r) => r.zipmap(L.hashZipmap) },
  { code: 10, name: "LIST_ZIPLIST", since: 2, skip: skipString, walk: (r) => r.ziplist(L.listZiplist) },
  { code: 11, name: "SET_INTSET", since: 2, skip: skipString, walk: (r) => r.intset(L.setIntset) },
  { code: 12, name: "ZSET_ZIPLIST", since: 2, skip: skipString, walk: (r) => r.ziplist(L.zsetZiplist) },
  { code: 13, name: "HASH_ZIPLIST", since: 4, skip: skipString, walk: (r) => r.ziplist(L.hashZiplist) },
  {
    code: 14,
    name: "LIST_QUICKLIST",
    since: 7,
    skip: strings(1),
    walk: (r) => r.quicklist(L.quicklistZiplist),
  },
  stream(15, "STREAM_LISTPACKS", 9, STREAM_1),
  { code: 16, name: "HASH_LISTPACK", since: 10, skip: skipString, walk: (r) => r.listpack(L.hashListpack) },
  { code: 17, name: "ZSET_LISTPACK", since: 10, skip: skipString, walk: (r) => r.listpack(L.zsetListpack) },
  {
    code: 18,
    name: "LIST_QUICKLIST_2",
    since: 10,
    skip: (w) => each(w, skipNode),
    walk: (r) => r.quicklist2(L.quicklist2),
  },
  stream(19, "STREAM_LISTPACKS_2", 10, STREAM_2),
  { code: 20, name: "SET_LISTPACK", since: 11, skip: skipString, walk: (r) => r.listpack(L.setListpack) },
  stream(21, "STREAM_LISTPACKS_3", 11, STREAM_3),
  {
    code: 22,
    name: "HASH_METADATA_PRE_GA",
    since: 12,
    family: "redis",
    skip: (w) => each(w, skipExpiringField),
    walk: (r) => r.hashExpiry(L.hashExpiry, false),
  },
  {
    code: 22,
    name: "HASH_2",
    since: 80,
    family: "valkey",
    skip: (w) => each(w, skipValkeyField),
    walk: (r) => r.valkeyHashExpiry(L.hashExpiry),
  },
  {
    code: 23,
    name: "HASH_LISTPACK_EX_PRE_GA",
    since: 12,
    family: "redis",
    skip: skipString,
    walk: (r) => r.listpackExpiry(L.hashListpackExpiry, false),
  },
  {
    code: 24,
    name: "HASH_METADATA",
    since: 12,
    family: "redis",
    skip(w) {
      w.skip(8);
      each(w, skipExpiringField);
    },
    walk: (r) => r.hashExpiry(L.hashExpiry, true),
  },
  {
    code: 25,
    name: "HASH_LISTPACK_EX",
    since: 12,
    family: "redis",
    skip(w) {
      w.skip(8);
      skipString(w);
    },
    walk: (r) => r.listpackExpiry(L.hashListpackExpiry, true),
  },
  stream(26, "STREAM_LISTPACKS_4", 13, STREAM_4),
  stream(27, "STREAM_LISTPACKS_5", 14, STREAM_5),
  { code: 28, name: "ARRAY", since: 14, family: "redis", skip: skipArray, walk: (r) => r.array(L.array) },
  {
    code: 29,
    name: "HASH_TMPL_LP",
    since: 15,
    family: "redis",
    skip(w) {
      skipInlineNames(w);
      skipString(w);
    },
    walk: (r) => r.hashTemplate(L.hashTemplateListpack, true, false),
  },
  {
    code: 30,
    name: "HASH_TMPL_LP_REF",
    since: 15,
    family: "redis",
    skip: skipString,
    walk: (r) => r.hashTemplate(L.hashTemplateListpack, true, true),
  },
  {
    code: 31,
    name: "HASH_TMPL_ARRAY",
    since: 15,
    family: "redis",
    skip(w) {
      skipStrings(w, countInlineNames(w));
    },
    walk: (r) => r.hashTemplate(L.hashTemplateArray, false, false),
  },
  {
    code: 32,
    name: "HASH_TMPL_ARRAY_REF",
    since: 15,
    family: "redis",
    skip(w, templates) {
      const at = w.offset();
      skipStrings(w, templates.find(w.count(), at).fields);
    },
    walk: (r) => r.hashTemplate(L.hashTemplateArray, false, true),
  },
  {
    code: 33,
    name: "GCRA",
    since: 15,
    family: "redis",
    skip: (w) => void w.count(),
    walk: (r) => r.number(L.gcra),
  },
];

function stream(code: number, name: string, since: number, parts: StreamParts): RdbType {
  return {
    code,
    name,
    since,
    skip: (w) => skipStream(w, parts),
    walk: (r) => r.stream(LAYOUT.stream, parts),
  };
}

/** The types of one family by type byte. */
export function typesOf(family: Family): readonly (RdbType | undefined)[] {
  const table = new Array<RdbType | undefined>(256).fill(undefined);
  for (const type of RDB_TYPES) if ((type.family ?? family) === family) table[type.code] = type;
  return table;
}
