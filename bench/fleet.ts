import fs from "node:fs";
import path from "node:path";
import { ListpackBuilder } from "./listpack.ts";
import { CREATED_AT_MS, RdbWriter } from "./rdb-writer.ts";

const SLOTS = 16_384;
const DAY_MS = 86_400_000;

/** How large a fleet is; everything in it follows from these numbers. */
export interface FleetSizes {
  /** Nodes of the cluster: each has as many slots, next to each other. */
  readonly nodes?: number;
  /** Days on which all nodes were saved, the last one CREATED_AT_MS; data grow from day to day. */
  readonly days?: number;
  /** Keys of a node on the last day, about. */
  readonly keys?: number;
  readonly seed?: number;
}

/** A snapshot of a node: `FOLDER/YYYY-MM-DD/shard-NN.rdb`. */
export interface FleetSnapshot {
  readonly file: string;
  readonly node: string;
  readonly date: string;
  /** Slots of the node, both ends included. */
  readonly first: number;
  readonly last: number;
  readonly keys: number;
  readonly bytes: number;
}

/** Writes the snapshots of a cluster, as its servers would: no key is on a node that does not own its slot. */
export function writeFleet(folder: string, sizes: FleetSizes = {}): FleetSnapshot[] {
  const { nodes = 50, days = 1, keys = 600, seed = 1 } = sizes;
  const written: FleetSnapshot[] = [];
  for (let day = 0; day < days; day++) {
    const createdAtMs = CREATED_AT_MS - (days - 1 - day) * DAY_MS;
    const date = new Date(createdAtMs).toISOString().slice(0, 10);
    fs.mkdirSync(path.join(folder, date), { recursive: true });
    for (let node = 0; node < nodes; node++) {
      const name = `shard-${String(node).padStart(2, "0")}`;
      const file = path.join(folder, date, `${name}.rdb`);
      const first = Math.ceil((node * SLOTS) / nodes);
      const last = Math.ceil(((node + 1) * SLOTS) / nodes) - 1;
      // A twentieth more each day; the node's keys stay what they are, as its seed does.
      const count = Math.round(keys * 1.05 ** (day - days + 1));
      const made = writeNode(file, { first, last, node, createdAtMs, count, seed: seed * 1009 + node });
      written.push({ file, node: name, date, first, last, ...made });
    }
  }
  return written;
}

interface Node {
  readonly first: number;
  readonly last: number;
  readonly node: number;
  readonly createdAtMs: number;
  readonly count: number;
  readonly seed: number;
}

/** Names with one number: it is raised until the name falls into a slot of the node. */
interface Kind {
  readonly share: number;
  readonly name: (id: number) => string;
  /** Days that a key lives at most, from the snapshot on; without it, it never expires. */
  readonly ttlDays?: number;
  readonly write: (to: RdbWriter, name: string, id: number) => void;
}

const pack = new ListpackBuilder();

/** By share of 100 keys. Half of the names have hash tags, alone or in front. */
const KINDS: readonly Kind[] = [
  {
    share: 30,
    name: (id) => `session:${id.toString(16).padStart(12, "0")}`,
    ttlDays: 2,
    write: text(80, 240),
  },
  { share: 15, name: (id) => `cache:product:${id}`, ttlDays: 7, write: text(200, 900) },
  { share: 15, name: (id) => `{user:${id}}:profile`, write: profile },
  { share: 10, name: (id) => `{user:${id}}:cart`, ttlDays: 30, write: profile },
  { share: 8, name: (id) => `counter:views:${id}`, write: counter },
  { share: 8, name: (id) => `followers:${id}`, write: intset },
  { share: 6, name: (id) => `queue:{${id}}:jobs`, write: list },
  { share: 5, name: (id) => `leaderboard:${id}`, write: zset },
  { share: 3, name: (id) => `audit:${id}:log`, write: text(900, 3000) },
];

function writeNode(file: string, node: Node): { keys: number; bytes: number } {
  const to = new RdbWriter(file, node.seed);
  const counts = KINDS.map(({ share }) => Math.round((node.count * share) / 100));
  const expires = counts.reduce((sum, count, i) => sum + (KINDS[i]!.ttlDays === undefined ? 0 : count), 0);
  // One tenant has all its keys in one slot; one node in five has a set beyond all others.
  const tenant = Math.ceil(node.count / 20);
  const giants = node.node % 5 === 3 ? 1 : 0;
  const keys = counts.reduce((sum, count) => sum + count, 0) + tenant + giants;
  const { createdAtMs, seed } = node;
  const id = seed.toString(16).padStart(8, "0").repeat(5);
  to.header(keys, expires, {
    createdAtMs,
    usedMemory: 2_000_000 + keys * 400,
    replication: { id, offset: keys * 1000 },
  });
  for (const [i, kind] of KINDS.entries()) writeKind(to, node, kind, counts[i]!);
  const tag = `{tenant:${nextIn(node, 1, (n) => `{tenant:${n}}`)}}`;
  for (let n = 0; n < tenant; n++) putKey(to, node, `${tag}:doc:${n}`, text(100, 400), n);
  if (giants > 0) putKey(to, node, `tags:${nextIn(node, 1, (n) => `tags:${n}`)}`, table, 0);
  return { keys, bytes: to.finish() };
}

function writeKind(to: RdbWriter, node: Node, { name, ttlDays, write }: Kind, count: number): void {
  for (let n = 0, id = 1000; n < count; n++) {
    id = nextIn(node, id + 1, name);
    // Some of what expires has done so, and is still held.
    if (ttlDays !== undefined)
      to.expireAt(node.createdAtMs - DAY_MS / 24 + (to.random() % (ttlDays * DAY_MS)));
    putKey(to, node, name(id), write, id);
  }
}

/** A key with the time that nobody asked for it, as servers save it that evict by LRU. */
function putKey(to: RdbWriter, { createdAtMs }: Node, name: string, write: Kind["write"], id: number): void {
  to.byte(0xf8);
  to.length((id * 7919 + createdAtMs / DAY_MS) % (90 * 86_400));
  write(to, name, id);
}

/** The first number from `id` on whose name is in a slot of the node. */
function nextIn({ first, last }: Node, id: number, name: (id: number) => string): number {
  for (let next = id; ; next++) {
    const slot = slotOf(name(next));
    if (slot >= first && slot <= last) return next;
  }
}

const CRC16 = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc;
});

/** The slot of an ASCII name, as the specification of Redis Cluster has it. */
export function slotOf(name: string): number {
  const open = name.indexOf("{");
  const close = open < 0 ? -1 : name.indexOf("}", open + 1);
  const tag = close > open + 1 ? name.slice(open + 1, close) : name;
  let crc = 0;
  for (let i = 0; i < tag.length; i++)
    crc = ((crc << 8) ^ CRC16[((crc >> 8) ^ tag.charCodeAt(i)) & 0xff]!) & 0xffff;
  return crc % SLOTS;
}

function text(from: number, to: number): Kind["write"] {
  return (writer, name) => {
    writer.byte(0);
    writer.string(name);
    const length = writer.between(from, to);
    writer.length(length);
    writer.filler(length);
  };
}

function counter(to: RdbWriter, name: string): void {
  to.byte(0);
  to.string(name);
  to.byte(0xc2);
  to.uint32le(100_000 + (to.random() & 0x3fffffff));
}

function putPack(to: RdbWriter, type: number, name: string): void {
  pack.finish();
  to.byte(type);
  to.string(name);
  to.length(pack.end);
  to.bytes(pack.bytes, 0, pack.end);
}

function profile(to: RdbWriter, name: string): void {
  pack.reset();
  for (const field of ["name", "email", "city", "plan"]) {
    pack.text(field);
    pack.text(`v${to.random().toString(36)}`);
  }
  putPack(to, 16, name);
}

function intset(to: RdbWriter, name: string): void {
  to.byte(11);
  to.string(name);
  const count = to.between(3, 40);
  to.length(8 + count * 4);
  to.uint32le(4);
  to.uint32le(count);
  for (let n = 0, value = 40_000; n < count; n++) {
    value += to.between(1, 10_000_000);
    to.uint32le(value);
  }
}

function list(to: RdbWriter, name: string): void {
  pack.reset();
  for (let n = to.between(1, 12); n > 0; n--) pack.text(`job-${to.random().toString(36)}`);
  pack.finish();
  to.byte(18);
  to.string(name);
  to.length(1);
  to.length(2);
  to.length(pack.end);
  to.bytes(pack.bytes, 0, pack.end);
}

function zset(to: RdbWriter, name: string): void {
  pack.reset();
  for (let n = 0, score = 0; n < 8; n++) {
    score += to.between(1, 1000);
    pack.text(`player-${n}`);
    pack.integer(score);
  }
  putPack(to, 17, name);
}

/** A set of many members, as a hash table. */
function table(to: RdbWriter, name: string): void {
  to.byte(2);
  to.string(name);
  const members = to.between(600, 3000);
  to.length(members);
  for (let m = 0; m < members; m++) to.string(`tag-${m}-${to.random() & 0xffff}`);
}
