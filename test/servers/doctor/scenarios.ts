import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { crc32 } from "node:zlib";
import type { RespClient } from "../../../fixtures/recorder/resp.ts";
import { type Command, type Settings, sendAll, usageOf } from "./support.ts";

const DAY_SECONDS = 86_400;

/** A fault made on a real server, and the same data without it. */
export interface Scenario {
  readonly name: string;
  readonly rule: string;
  readonly settings?: Settings;
  readonly thresholds?: Readonly<Record<string, number>>;
  /** The rule looks at INFO. */
  readonly info?: boolean;
  /** Makes the fault; a number that it returns is the sum of MEMORY USAGE where a fresh server could not tell it. */
  readonly fault: (client: RespClient) => Promise<unknown>;
  readonly healthy: (client: RespClient) => Promise<unknown>;
  /** Does what the doctor advises, where it claims a saving. `figures`: of the finding. */
  readonly apply?: (client: RespClient, figures: Readonly<Record<string, unknown>>) => Promise<unknown>;
  /** What used_memory falls by that is no key's: bytes, about. */
  readonly freedMore?: number;
  /** Settings that the advice is about, from the finding's figures. */
  readonly advised?: (figures: Readonly<Record<string, unknown>>) => Settings;
}

/** `count` commands, each made of its number. */
function* times(count: number, make: (i: number) => Command): Iterable<Command> {
  for (let i = 0; i < count; i++) yield make(i);
}

const many = (count: number, make: (i: number) => Command) => (client: RespClient) =>
  sendAll(client, times(count, make));

/** A number that looks random and is always the same. */
const mixed = (i: number) => Math.imul(i + 1, 0x9e3779b1) >>> 0;
const words = (count: number, seed: number) =>
  Array.from({ length: count }, (_, i) => `w${mixed(seed * 1000 + i).toString(36)}`);

const pairs = (fields: number, i: number, valueBytes = (_: number) => 12) =>
  Array.from({ length: fields }, (_, f) => [
    `f${f}`,
    String(mixed(i * 1000 + f)).padEnd(valueBytes(f), "v"),
  ]).flat();
const scored = (members: number, i: number, bytes = (_: number) => 12) =>
  Array.from({ length: members }, (_, m) => [m, `m${mixed(i * 1000 + m)}`.padEnd(bytes(m), "x")]).flat();
const integers = (count: number, i: number) => Array.from({ length: count }, (_, m) => mixed(i * 5000 + m));

const raise = (figures: Readonly<Record<string, unknown>>): Settings => ({
  [String(figures.directive)]: Number(figures.raised_to),
});
const configSet = (client: RespClient, figures: Readonly<Record<string, unknown>>) =>
  client
    .send("CONFIG", "SET", String(figures.directive), Number(figures.raised_to))
    .then(() => client.send("DEBUG", "RELOAD"));

const document = (i: number) =>
  JSON.stringify({
    id: i,
    rows: words(80, i).map((word) => ({ name: word, kind: "something", state: "active" })),
  });

/** The bytes of a string as the server compresses it for a snapshot: what DUMP has behind type, form and two lengths. */
async function compressed(client: RespClient, key: string): Promise<Buffer> {
  const dump = Buffer.from(String(await client.send("DUMP", key)), "latin1");
  if (dump[0] !== 0 || dump[1] !== 0xc3) throw new Error(`${key} is not compressed`);
  const length = (at: number): [number, number] => {
    const first = dump[at]!;
    if (first < 0x40) return [first, at + 1];
    if (first < 0x80) return [((first & 0x3f) << 8) | dump[at + 1]!, at + 2];
    return [dump.readUInt32BE(at + 1), at + 5];
  };
  const [packed, next] = length(2);
  const [, start] = length(next);
  return dump.subarray(start, start + packed);
}

/** A stream of which a consumer was given every entry, and acknowledged none. */
async function deliverAll(client: RespClient, entries: number): Promise<void> {
  await many(entries, (i) => ["XADD", "events", "*", "id", i])(client);
  await client.send("XGROUP", "CREATE", "events", "mailers", 0);
  await client.send("XREADGROUP", "GROUP", "mailers", "one", "COUNT", entries, "STREAMS", "events", ">");
}

const LONG = "application:production:customer-service:profile";
const SHORT = "ap:pr:cu-se:pr";

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "sessions that never expire",
    rule: "no-ttl",
    fault: many(2000, (i) => ["SET", `session:${i}`, "x"]),
    healthy: many(2000, (i) => ["SET", `session:${i}`, "x", "EX", 3600]),
  },
  {
    name: "some keys of a pattern without the TTL of the others",
    rule: "no-ttl",
    fault: many(2000, (i) =>
      i % 4 === 0 ? ["SET", `page:${i}`, "x"] : ["SET", `page:${i}`, "x", "EX", 3600],
    ),
    healthy: many(2000, (i) => ["SET", `page:${i}`, "x"]),
  },
  {
    name: "more than a few KB of locks that never expire",
    rule: "no-ttl",
    fault: many(2000, (i) => ["SET", `lock:${i}`, "x"]),
    healthy: many(200, (i) => ["SET", `lock:${i}`, "x"]),
  },
  {
    name: "keys past their time",
    rule: "expired-keys",
    async fault(client) {
      const until = Date.now() + 3000;
      await many(2000, (i) => ["SET", `gone:${i}`, "x".repeat(i % 100), "PXAT", until])(client);
      await many(1000, (i) => ["SET", `stays:${i}`, "x".repeat(50)])(client);
      const bytes = await usageOf(client);
      await sleep(until - Date.now() + 1100); // A snapshot tells its time in seconds.
      return bytes;
    },
    healthy: many(3000, (i) => ["SET", `later:${i}`, "x", "EX", 3600]),
    apply: async (client) => {
      const keys = (await client.send("KEYS", "*")) as string[];
      await sendAll(
        client,
        keys.map((key) => ["EXISTS", key]),
      );
    },
  },
  {
    name: "a minute in which many keys expire",
    rule: "expiry-spikes",
    async fault(client) {
      const at = Math.floor(Date.now() / 60_000) * 60_000 + 7_200_000;
      await many(1200, (i) => ["SET", `cached:${i}`, "x", "PXAT", at + (i % 60) * 1000])(client);
    },
    healthy: many(1700, (i) => ["SET", `cached:${i}`, "x", "EX", 3600 + (mixed(i) % DAY_SECONDS)]),
  },
  {
    name: "keys nobody asks for",
    rule: "stale-keys",
    settings: { "maxmemory-policy": "allkeys-lru", maxmemory: "1gb" },
    async fault(client) {
      await many(300, (i) => ["SET", `fresh:${i}`, "x".repeat(100)])(client);
      for (let i = 0; i < 300; i++) {
        await client.send("SET", "made", "x".repeat(1000 + i));
        const dump = Buffer.from(String(await client.send("DUMP", "made")), "latin1");
        await client.send("RESTORE", `old:${i}`, 0, dump, "IDLETIME", 40 * DAY_SECONDS);
      }
      await client.send("DEL", "made");
    },
    healthy: many(600, (i) => ["SET", `fresh:${i}`, "x".repeat(100)]),
    apply: (client) =>
      sendAll(
        client,
        times(300, (i) => ["UNLINK", `old:${i}`]),
      ),
  },
  {
    name: "a string of 2 MB and a hash of 12,000 fields",
    rule: "big-keys",
    async fault(client) {
      await client.send("SET", "report", Buffer.alloc(2_000_000, 7));
      await client.send("HSET", "index", ...pairs(12_000, 1));
    },
    async healthy(client) {
      await client.send("SET", "report", Buffer.alloc(200_000, 7));
      await client.send("HSET", "index", ...pairs(1_200, 1));
    },
  },
  {
    name: "a stream of few entries and many pending ids",
    rule: "big-keys",
    async fault(client) {
      await deliverAll(client, 20_000);
      await client.send("XTRIM", "events", "MAXLEN", 100);
    },
    async healthy(client) {
      await deliverAll(client, 20_000);
      await client.send("XTRIM", "events", "MAXLEN", 100);
      await client.send("XGROUP", "DELCONSUMER", "events", "mailers", "one");
    },
  },
  {
    name: "values of 20 KB",
    rule: "heavy-patterns",
    fault: many(20, (i) => ["SET", `page:${i}`, Buffer.alloc(20_000, i)]),
    healthy: many(20, (i) => ["SET", `page:${i}`, Buffer.alloc(2_000, i)]),
  },
  {
    name: "a queue of 1,500",
    rule: "undrained-queues",
    fault: many(1500, (i) => ["RPUSH", "queue:mail", `message ${i}`]),
    healthy: many(15, (i) => ["RPUSH", "queue:mail", `message ${i}`]),
  },
  {
    name: "more than 10,000 keys of a pattern",
    rule: "key-explosion",
    fault: many(10_500, (i) => ["SET", `visit:${i}`, i]),
    healthy: many(500, (i) => ["SET", `visit:${i}`, i]),
  },
  {
    name: "many small strings",
    rule: "tiny-keys",
    fault: many(6000, (i) => ["SET", `flag:${mixed(i)}`, i % 3 === 0 ? i : "x".repeat(i % 30)]),
    healthy: many(60, (i) => ["HSET", `flag:${i}`, ...pairs(100, i)]),
    apply: async (client, { buckets }) => {
      const ids = Array.from({ length: 6000 }, (_, i) => String(mixed(i)));
      const values = (await sendAll(
        client,
        ids.map((id) => ["GET", `flag:${id}`]),
      )) as string[];
      await sendAll(
        client,
        ids.map((id) => ["DEL", `flag:${id}`]),
      );
      await sendAll(
        client,
        ids.map((id, i) => ["HSET", `flag:${crc32(id) % Number(buckets)}`, id, values[i]!]),
      );
    },
    // The keys' table becomes smaller with them, by what the doctor does not claim: from 8,192 pointers to 64.
    freedMore: (8192 - 64) * 8,
  },
  {
    name: "tiny keys",
    rule: "low-efficiency",
    fault: many(1000, (i) => ["SET", `flag:${i}`, "x"]),
    healthy: many(50, (i) => ["SET", `blob:${i}`, Buffer.alloc(16_000, i)]),
  },
  {
    name: "two keys that hold most of it",
    rule: "concentration",
    async fault(client) {
      await many(500, (i) => ["SET", `user:${i}`, "x".repeat(50)])(client);
      await many(2, (i) => ["SET", `dump:${i}`, Buffer.alloc(500_000, i)])(client);
    },
    healthy: many(500, (i) => ["SET", `user:${i}`, "x".repeat(50)]),
  },
  {
    name: "a hash tag over half of the keys",
    rule: "hot-slots",
    async fault(client) {
      await many(500, (i) => ["SET", `{hot}:${i}`, "x".repeat(50)])(client);
      await many(500, (i) => ["SET", `user:${i}`, "x".repeat(50)])(client);
    },
    healthy: many(1000, (i) => ["SET", `user:{${i}}`, "x".repeat(50)]),
  },
  {
    name: "scripts of 12 MB",
    rule: "unexplained-memory",
    fault: many(12, (i) => ["SCRIPT", "LOAD", `return ${i} --${"x".repeat(1_000_000)}`]),
    healthy: many(12, (i) => ["SET", `text:${i}`, Buffer.alloc(1_000_000, i)]),
  },
  {
    name: "hashes of 600 fields",
    rule: "encoding-thresholds",
    fault: many(50, (i) => ["HSET", `h:${i}`, ...pairs(600, i)]),
    healthy: many(50, (i) => ["HSET", `h:${i}`, ...pairs(500, i)]),
    apply: configSet,
    advised: raise,
  },
  {
    name: "hashes with one value of 70 bytes",
    rule: "encoding-thresholds",
    fault: many(200, (i) => ["HSET", `h:${i}`, ...pairs(20, i, (f) => (f === 7 ? 70 : 12))]),
    healthy: many(200, (i) => ["HSET", `h:${i}`, ...pairs(20, i, (f) => (f === 7 ? 64 : 12))]),
    apply: configSet,
    advised: raise,
  },
  {
    name: "sorted sets of 200 members",
    rule: "encoding-thresholds",
    fault: many(100, (i) => ["ZADD", `z:${i}`, ...scored(200, i)]),
    healthy: many(100, (i) => ["ZADD", `z:${i}`, ...scored(100, i)]),
    apply: configSet,
    advised: raise,
  },
  {
    name: "sorted sets with one member of 100 bytes",
    rule: "encoding-thresholds",
    fault: many(200, (i) => ["ZADD", `z:${i}`, ...scored(40, i, (m) => (m === 3 ? 100 : 12))]),
    healthy: many(200, (i) => ["ZADD", `z:${i}`, ...scored(40, i, (m) => (m === 3 ? 60 : 12))]),
    apply: configSet,
    advised: raise,
  },
  {
    name: "documents that compress well",
    rule: "compressible-strings",
    fault: many(200, (i) => ["SET", `doc:${i}`, document(i)]),
    healthy: many(200, (i) => [
      "SET",
      `doc:${i}`,
      Buffer.from(integers(800, i).flatMap((n) => [n & 255, (n >> 8) & 255])),
    ]),
    apply: async (client) => {
      for (let i = 0; i < 200; i++)
        await client.send("SET", `doc:${i}`, await compressed(client, `doc:${i}`));
    },
  },
  {
    name: "JSON",
    rule: "json-strings",
    fault: many(200, (i) => [
      "SET",
      `doc:${i}`,
      JSON.stringify({ id: i, name: words(5, i).join(" "), tags: words(3, i) }),
    ]),
    healthy: many(200, (i) => ["SET", `doc:${i}`, words(12, i).join(" ")]),
  },
  {
    name: "sets of 1,000 integers",
    rule: "integers-as-text",
    fault: many(50, (i) => ["SADD", `ids:${i}`, ...integers(1000, i)]),
    healthy: many(50, (i) => ["SADD", `ids:${i}`, ...integers(400, i)]),
    apply: configSet,
    advised: raise,
  },
  {
    name: "numbers with leading zeros and separators",
    rule: "integers-as-text",
    fault: many(3000, (i) => [
      "SET",
      `count:${i}`,
      i % 2 === 0 ? String(i).padStart(12, "0") : `1,${100 + (i % 900)},000`,
    ]),
    healthy: many(3000, (i) => ["SET", `count:${i}`, i]),
    apply: async (client) => {
      const keys = Array.from({ length: 3000 }, (_, i) => `count:${i}`);
      const values = (await sendAll(
        client,
        keys.map((key) => ["GET", key]),
      )) as string[];
      await sendAll(
        client,
        keys.map((key, i) => ["SET", key, Number(values[i]!.replaceAll(",", ""))]),
      );
    },
  },
  {
    name: "long names",
    rule: "long-names",
    fault: many(2000, (i) => ["SET", `${LONG}:${mixed(i)}`, "x".repeat(i % 40)]),
    healthy: many(2000, (i) => ["SET", `${SHORT}:${mixed(i)}`, "x".repeat(i % 40)]),
    apply: (client) =>
      sendAll(
        client,
        times(2000, (i) => ["RENAME", `${LONG}:${mixed(i)}`, `${SHORT}:${mixed(i)}`]),
      ),
  },
  {
    name: "nine of ten keys deleted",
    rule: "fragmentation",
    info: true,
    async fault(client) {
      await client.send("DEBUG", "POPULATE", 200_000, "key", 200);
      const script = "for i = 0, 199999 do if i % 10 ~= 0 then redis.call('del', 'key:' .. i) end end";
      await client.send("EVAL", script, 0);
      await sleep(1500); // used_memory_rss is looked at in serverCron.
    },
    async healthy(client) {
      await client.send("DEBUG", "POPULATE", 200_000, "key", 200);
      await sleep(1500);
    },
  },
  {
    name: "a limit that is nearly reached",
    rule: "maxmemory",
    info: true,
    async fault(client) {
      await client.send("DEBUG", "POPULATE", 20_000, "key", 200);
      await client.send("CONFIG", "SET", "maxmemory", "7mb");
    },
    async healthy(client) {
      await client.send("DEBUG", "POPULATE", 20_000, "key", 200);
      await client.send("CONFIG", "SET", "maxmemory", "70mb");
    },
  },
  {
    name: "memory far below its peak",
    rule: "peak",
    info: true,
    thresholds: { min_bytes: 2 ** 20 },
    async fault(client) {
      await client.send("DEBUG", "POPULATE", 50_000, "key", 200);
      await client.send("FLUSHALL");
    },
    async healthy(client) {
      await client.send("DEBUG", "POPULATE", 50_000, "key", 200);
      await sendAll(
        client,
        times(10_000, (i) => ["DEL", `key:${i}`]),
      );
    },
  },
  {
    name: "keys that were evicted",
    rule: "evictions",
    info: true,
    settings: { maxmemory: "4mb", "maxmemory-policy": "allkeys-lru" },
    fault: many(30_000, (i) => ["SET", `cache:${i}`, "x".repeat(100)]),
    healthy: many(300, (i) => ["SET", `cache:${i}`, "x".repeat(100)]),
  },
  {
    name: "a volatile policy without TTLs",
    rule: "eviction-policy",
    info: true,
    settings: { maxmemory: "100mb", "maxmemory-policy": "volatile-lru" },
    fault: many(300, (i) => ["SET", `user:${i}`, "x"]),
    healthy: many(300, (i) => ["SET", `user:${i}`, "x", "EX", 3600]),
  },
  {
    name: "a queue under allkeys-lru",
    rule: "eviction-policy",
    info: true,
    settings: { maxmemory: "100mb", "maxmemory-policy": "allkeys-lru" },
    fault: many(300, (i) => ["RPUSH", "queue:mail", i]),
    healthy: many(300, (i) => ["SET", `cache:${i}`, "x"]),
  },
  {
    name: "a client that does not read its answers",
    rule: "buffers",
    info: true,
    async fault(client) {
      await client.send("SET", "big", Buffer.alloc(1_000_000, 7));
      const port = Number(((await client.send("CONFIG", "GET", "port")) as string[])[1]);
      const socket = connect(port, "127.0.0.1").pause();
      socket.unref();
      socket.on("error", () => {});
      socket.write("GET big\r\n".repeat(40));
      await sleep(1500); // clientsCron looks at a client's memory once in a while.
    },
    healthy: (client) => client.send("SET", "big", Buffer.alloc(1_000_000, 7)),
  },
];
