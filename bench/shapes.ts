import { ListpackBuilder } from "./listpack.ts";
import { CREATED_AT_MS, type RdbWriter } from "./rdb-writer.ts";

interface Sizes {
  readonly keys?: number;
  readonly bytes?: number;
}

/** What `generate.ts` can write, by name. */
export const SHAPES: Readonly<Record<string, (to: RdbWriter, sizes: Sizes) => void>> = {
  small,
  mixed,
  "huge-string": hugeString,
  "huge-hash": hugeHash,
};

const DAY_MS = 86_400_000;
const WORDS = ["page", "api", "user", "fragment", "search", "menu", "price", "geo"];
const FIELDS = [
  "name",
  "email",
  "city",
  "country",
  "plan",
  "visits",
  "score",
  "created",
  "updated",
  "locale",
];

/** Ten million small strings, a third of them with a TTL; `bytes` sets the mean length of a value. */
function small(to: RdbWriter, { keys = 10_000_000, bytes }: Sizes): void {
  const spread = bytes === undefined ? 101 : Math.max(1, (bytes - 20) * 2);
  to.header(keys, Math.ceil(keys / 3));
  for (let i = 0; i < keys; i++) {
    if (i % 3 === 0) to.expireAt(CREATED_AT_MS - DAY_MS / 24 + (to.random() % (30 * DAY_MS)));
    to.byte(0);
    smallName(to, i);
    const length = to.between(20, 20 + spread);
    to.length(length);
    to.filler(length);
  }
}

function smallName(to: RdbWriter, i: number): void {
  switch (i & 3) {
    case 0:
      to.string(`user:${1_000_000 + i}:profile`);
      return;
    case 1:
      to.length(8 + 32);
      to.text("session:");
      to.hex(24);
      // The number keeps names distinct.
      to.text((0x10000000 + i).toString(16));
      return;
    case 2:
      to.string(`cache:${WORDS[i % 8]}:${i}`);
      return;
    default:
      to.string(`cart:{${i}}:items`);
  }
}

interface Kind {
  readonly share: number;
  readonly write: (to: RdbWriter, i: number) => void;
}

const pack = new ListpackBuilder();

/** By share of 1000 keys. */
const KINDS: readonly Kind[] = [
  { share: 560, write: (to, i) => plainString(to, i) },
  { share: 50, write: (to, i) => counter(to, i) },
  { share: 180, write: (to, i) => listpackHash(to, i) },
  { share: 90, write: (to, i) => intset(to, i) },
  { share: 60, write: (to, i) => listpackZset(to, i) },
  { share: 55, write: (to, i) => quicklist(to, i) },
  { share: 5, write: (to, i) => tableSet(to, i, to.between(20, 60)) },
];

/** Every common encoding: most keys small, some tables and skiplists of thousands, one skiplist of 2 M. */
function mixed(to: RdbWriter, { keys = 6_100_000 }: Sizes): void {
  const kindOf = KINDS.flatMap((kind) => new Array<Kind>(kind.share).fill(kind));
  let expires = 0;
  for (let i = 0; i < keys; i++) if (hasTtl(i)) expires++;
  to.header(keys, expires);
  const giantAt = Math.floor(keys / 2);
  for (let i = 0; i < keys; i++) {
    if (hasTtl(i)) to.expireAt(CREATED_AT_MS + (to.random() % (7 * DAY_MS)));
    if (i === giantAt) skiplist(to, i, Math.min(2_000_000, Math.max(1000, keys)));
    else if (i % 200_000 === 77) tableHash(to, `catalog:${i}`, 20_000);
    else if (i % 100_000 === 55) skiplist(to, i, 5000);
    else if (i % 5000 === 33) tableHash(to, `profile:${i}:attributes`, 150);
    else if (i % 400_000 === 99) tableSet(to, i, 30_000);
    else kindOf[to.random() % kindOf.length]!.write(to, i);
  }
}

function hasTtl(i: number): boolean {
  return i % 4 === 0;
}

function plainString(to: RdbWriter, i: number): void {
  to.byte(0);
  smallName(to, i);
  const length = to.between(40, 170);
  to.length(length);
  to.filler(length);
}

/** A string saved as an int32 (`11|2`). */
function counter(to: RdbWriter, i: number): void {
  to.byte(0);
  to.string(`counter:views:${i}`);
  to.byte(0xc2);
  to.uint32le(100_000 + (to.random() & 0x3fffffff));
}

function putPack(to: RdbWriter): void {
  pack.finish();
  to.length(pack.end);
  to.bytes(pack.bytes, 0, pack.end);
}

function listpackHash(to: RdbWriter, i: number): void {
  to.byte(16);
  to.string(`user:${i}`);
  pack.reset();
  const fields = to.between(3, FIELDS.length + 1);
  for (let f = 0; f < fields; f++) {
    pack.text(FIELDS[f]!);
    if (f >= 5 && f < 9) pack.integer(to.random() % (f === 5 ? 100 : 2_000_000_000));
    else pack.text(`v${to.random().toString(36)}`);
  }
  putPack(to);
}

function intset(to: RdbWriter, i: number): void {
  to.byte(11);
  to.string(`user:${i}:followers`);
  const count = to.between(3, 20);
  to.length(8 + count * 4);
  to.uint32le(4);
  to.uint32le(count);
  for (let n = 0, value = 40_000; n < count; n++) {
    value += to.between(1, 50_000_000);
    to.uint32le(value);
  }
}

function listpackZset(to: RdbWriter, i: number): void {
  to.byte(17);
  to.string(`leaderboard:${i}`);
  pack.reset();
  const count = to.between(3, 12);
  for (let n = 0, score = 0; n < count; n++) {
    score += to.between(1, 1000);
    pack.text(`player-${n}-${to.random() & 0xfff}`);
    if ((n & 1) === 0) pack.integer(score);
    else pack.text(`${score}.5`);
  }
  putPack(to);
}

function quicklist(to: RdbWriter, i: number): void {
  to.byte(18);
  to.string(`queue:{${i}}:jobs`);
  const nodes = i % 1000 === 0 ? 8 : 1;
  to.length(nodes);
  for (let node = 0; node < nodes; node++) {
    to.length(2);
    pack.reset();
    if (nodes === 1) for (let n = to.between(2, 8); n > 0; n--) pack.text(`job-${to.random().toString(36)}`);
    else while (pack.end < 8100) pack.text(`job-${to.random().toString(36)}-${to.random().toString(36)}`);
    putPack(to);
  }
}

function tableHash(to: RdbWriter, name: string, fields: number): void {
  to.byte(4);
  to.string(name);
  to.length(fields);
  for (let f = 0; f < fields; f++) putField(to, f);
}

function putField(to: RdbWriter, f: number): void {
  to.string(`field:${f}`);
  const length = to.between(10, 50);
  to.length(length);
  to.filler(length);
}

function tableSet(to: RdbWriter, i: number, members: number): void {
  to.byte(2);
  to.string(`tags:${i}`);
  to.length(members);
  for (let m = 0; m < members; m++) to.string(`tag-${m}-${to.random() & 0xffff}`);
}

/** ZSET_2, high to low as a server saves it. */
function skiplist(to: RdbWriter, i: number, members: number): void {
  to.byte(5);
  to.string(`ranking:global:${i}`);
  to.length(members);
  for (let m = members; m > 0; m--) {
    to.string(`player:${m}`);
    to.double(m * 1.25);
  }
}

/** One string of 3 GB. */
function hugeString(to: RdbWriter, { bytes = 3_000_000_000 }: Sizes): void {
  to.header(1, 0);
  to.byte(0);
  to.string("blob:huge");
  to.length(bytes);
  for (let left = bytes; left > 0; left -= 500_000) to.filler(Math.min(left, 500_000));
}

/** One hash of 20 million fields; `keys` counts fields. */
function hugeHash(to: RdbWriter, { keys = 20_000_000 }: Sizes): void {
  to.header(1, 0);
  tableHash(to, "index:everything", keys);
}
