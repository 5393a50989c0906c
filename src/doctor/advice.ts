import { counted, thousands } from "../queries/words.ts";
import { humanBytes } from "../units.ts";

/** A value that is too big. */
export interface BigValue {
  readonly type: string;
  /** Null: it has none, as strings. */
  readonly elements: number | null;
  /** What it costs. */
  readonly bytes: number;
  /** Its raw data; null: not known. */
  readonly payload_bytes: number | null;
  /** Its record in the snapshot, where strings may be compressed; null: not known. */
  readonly serialized_bytes: number | null;
  /** Its longest element; null: not known. */
  readonly largest_element_bytes: number | null;
}

/** What a value should not exceed. */
interface Limits {
  readonly bytes: number;
  readonly elements: number;
}

/** Who keeps fewer elements than this has large ones: their number is not the point. */
const FEWEST_KEPT = 10;

/** What to do about a value with too many elements, by its type; `keep` of them are within the limits. A new one: a line here. */
const BY_TYPE: Readonly<Record<string, (keep: number, elements: number) => string>> = {
  hash: (keep, elements) =>
    `split the hash by category or bucket: HSET key:{bucket} field value, with bucket = crc32(field) % ${parts(keep, elements)}.`,
  set: (keep, elements) =>
    `split the set by bucket: SADD key:{bucket} member, with bucket = crc32(member) % ${parts(keep, elements)}. To count members only, PFADD needs 12 KB at most.`,
  zset: (keep, elements) =>
    `trim it: ${trimCommand("zset", keep, elements)} keeps the best ${thousands(keep)} of ${thousands(elements)}. Or partition it by period: key:2026-11, key:2026-12.`,
  list: (keep, elements) =>
    `drain it, or cap it after each push: ${trimCommand("list", keep, elements)} keeps the newest ${thousands(keep)} of ${thousands(elements)}. If it is a log, a stream (Redis 5.0) does that itself: XADD key MAXLEN ~ ${keep} * …`,
  stream: (keep, elements) =>
    `cap it: ${trimCommand("stream", keep, elements)} keeps the newest ${thousands(keep)} of ${thousands(elements)} (with ~, and what else is in their nodes); XADD key MAXLEN ~ ${keep} * … does from now on (or MINID for an age).`,
};

/** What makes elements smaller, by type. */
const SMALLER_ELEMENTS: Readonly<Record<string, string>> = {
  hash: "Compress the large values in the client, or keep each in a string of its own, with the name of its key in the field.",
  zset: "Keep what is long in a string or hash of its own, and only its id as a member.",
  set: "Keep what is long in a string of its own, and only its id as a member.",
  list: "Push ids, and keep the messages as strings of their own; or compress them in the client.",
  stream:
    "Add ids, and keep what is long as strings of their own; or compress it in the client. MAXLEN counts entries, not bytes.",
};

/** What to do about a value that exceeds at least one of the limits. Commands in it change the value: they keep less than it has. */
export function bigKeyAdvice(value: BigValue, limits: Limits): readonly string[] {
  const { type, elements } = value;
  if (type === "string") {
    return [
      ...compressAdvice(value),
      "Split it into parts: SET key:0, key:1, … read with MGET. Blobs belong into an object store.",
    ];
  }
  const many = BY_TYPE[type];
  if (elements === null || many === undefined) return ["Ask the module that owns the type how to split it."];
  const groups = type === "stream" ? groupAdvice({ ...value, elements }) : undefined;
  if (groups !== undefined) return groups;
  const keep = keptOf({ ...value, elements }, limits);
  return keep === 0
    ? [largeElements({ ...value, elements })]
    : [`${within(value.bytes, limits)} ${many(keep, elements)}`];
}

function largeElements(value: BigValue & { readonly elements: number }): string {
  const { type, elements, bytes, largest_element_bytes: largest } = value;
  if (largest !== null && 2 * largest > bytes) {
    return `It is big because of one element of ${humanBytes(largest)}. ${SMALLER_ELEMENTS[type]}`;
  }
  const average = humanBytes(bytes / Math.max(1, elements));
  return `It is big because its elements are: ${counted(elements, "element")} of ${average} each on average. ${SMALLER_ELEMENTS[type]}`;
}

/** Which limits the advice is about. */
function within(bytes: number, limits: Limits): string {
  const many = Number.isFinite(limits.elements) ? `${counted(limits.elements, "element")}` : "";
  const size = bytes > limits.bytes ? humanBytes(limits.bytes) : "";
  return `To stay within ${[many, size].filter((text) => text !== "").join(" and ")}:`;
}

/**
 * How many elements are within the limits, as a round number below what there are; 0: fewer would not help, as it is large
 * ones that make the value big.
 */
function keptOf(value: BigValue & { readonly elements: number }, limits: Limits): number {
  const { elements, bytes, largest_element_bytes: largest } = value;
  const isTooLarge = bytes > limits.bytes;
  const most = Math.min(limits.elements, isTooLarge ? (elements * limits.bytes) / bytes : elements);
  const round = 10 ** Math.floor(Math.log10(Math.max(1, most)));
  const keep = Math.floor(most / round) * round;
  const hasLargeOnes = isTooLarge && (keep < FEWEST_KEPT || 2 * (largest ?? 0) > bytes);
  return hasLargeOnes || keep >= elements ? 0 : keep;
}

/** Parts that elements have to be dealt into, so that none has more than `keep`: a round number. */
function parts(keep: number, elements: number): number {
  const least = Math.max(2, Math.ceil(elements / keep));
  const round = 10 ** Math.floor(Math.log10(least));
  return Math.ceil(least / round) * round;
}

/** Entries that XTRIM with ~ may leave beyond its limit: a whole node of the default stream-node-max-entries, twice. */
const NODE_ENTRIES = 200;

/** Commands that leave `keep` elements, by type. A list may grow at either end. */
const TRIM: Readonly<Record<string, (keep: number, elements: number) => string>> = {
  list: (keep) => `LTRIM key 0 ${keep - 1} (where LPUSH adds) or LTRIM key -${keep} -1 (where RPUSH does)`,
  zset: (keep) => `ZREMRANGEBYRANK key 0 -${keep + 1}`,
  stream: (keep, elements) => `XTRIM key MAXLEN ${elements - keep > NODE_ENTRIES ? "~ " : ""}${keep}`,
};

/** The command that leaves `keep` of the elements of a list, sorted set or stream, at least 1 and fewer than it has. */
export function trimCommand(type: string, keep: number, elements: number): string {
  return TRIM[type]!(keep, elements);
}

/** No entry of a stream takes more than its data, so many bytes of ids and lengths, and the rounding of its listpack. */
const ENTRY_BYTES = 64;
const ROUNDING = 1.25;

/** What to do about a stream of which most is no entries; undefined: they may be most of it. */
function groupAdvice(value: BigValue & { readonly elements: number }): readonly string[] | undefined {
  const { bytes, elements, payload_bytes: payload } = value;
  if (payload === null) return undefined;
  const entries = ROUNDING * payload + ENTRY_BYTES * elements;
  if (2 * entries > bytes) return undefined;
  return [
    `Its ${thousands(elements)} entries take ${humanBytes(entries)} at most. The rest is what consumer groups keep, above all ids that were delivered and never acknowledged, or entries that XDEL left in their nodes: trimming frees little of it.`,
    "See who has them: XINFO STREAM key FULL, XPENDING key group. Acknowledge what is done (XACK key group id …), take over what is left behind (XAUTOCLAIM key group consumer 3600000 0, from Redis 6.2 on), and delete consumers that are gone (XGROUP DELCONSUMER key group consumer) and groups that nobody reads (XGROUP DESTROY key group).",
  ];
}

/** Data that the snapshot has in so much less is worth compressing: as in compressible-strings. */
const WORTH_COMPRESSING = 2;

/** That a string can be compressed, where the snapshot shows it. */
function compressAdvice({ payload_bytes: payload, serialized_bytes: stored }: BigValue): readonly string[] {
  if (payload === null || stored === null || payload <= WORTH_COMPRESSING * stored) return [];
  return [
    `Compress it in the client: the snapshot, which does with LZF, has its ${humanBytes(payload)} in ${humanBytes(stored)}.`,
  ];
}

/** Commands that read a part of a value, by type. A new one: a line here. */
const READ: Readonly<Record<string, string>> = {
  string: "GETRANGE key 0 65535, and so on",
  hash: "HSCAN key 0 COUNT 100, or HMGET of the fields that are needed",
  set: "SSCAN key 0 COUNT 100, or SMISMEMBER",
  zset: "ZRANGE key 0 99, or ZSCAN key 0 COUNT 100",
  list: "LRANGE key 0 99",
  stream: "XRANGE key - + COUNT 100",
};

/** How to read a value of a type in parts, with a space before it; nothing of a module's. */
export function readAdvice(type: string): string {
  const command = READ[type];
  return command === undefined ? "" : ` Read it in parts, never whole: ${command}.`;
}
