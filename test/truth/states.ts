import type { Truth } from "./folder.ts";
import type { SizedKey } from "./walk.ts";

/** How a type and encoding is judged on a server. A key is right when… */
export interface State {
  readonly name: "deterministic" | "bucket array" | "band" | "apart";
  /** The same file gives other sizes at every load. */
  readonly random: boolean;
  readonly isRight: (key: SizedKey, truth: Truth) => boolean;
}

/** Smallest bucket array of a dict: DICT_HT_INITIAL_SIZE pointers, dict.h. */
const MIN_BUCKETS = 4;
const POINTER_BYTES = 8;

const answers = (truth: Truth) => [truth.bytes, truth.min, truth.max];

/** …it is one of the server's answers to the byte. */
export const isExact = (key: SizedKey, truth: Truth): boolean => answers(truth).includes(key.bytes);

/**
 * …or off by one bucket array: a dict that is filled while loading may still hold two. An array is 2^n pointers, at
 * least 4 and at most twice what the fields need, so that no other slip of 8 or 16 bytes passes for one.
 */
function isExactOrOneArrayOff(key: SizedKey, truth: Truth): boolean {
  const most = 2 * Math.max(MIN_BUCKETS, 2 ** Math.ceil(Math.log2(truth.length)));
  return answers(truth).some((bytes) => {
    const buckets = Math.abs(key.bytes - bytes) / POINTER_BYTES;
    if (buckets === 0) return true;
    return Number.isInteger(Math.log2(buckets)) && buckets >= MIN_BUCKETS && buckets <= most;
  });
}

/** …the server's first answer lies inside the model's own band. */
export const isInBand = (key: SizedKey, truth: Truth): boolean =>
  truth.bytes >= key.min && truth.bytes <= key.max;

const DETERMINISTIC: State = { name: "deterministic", random: false, isRight: isExact };
const BUCKET_ARRAY: State = { name: "bucket array", random: true, isRight: isExactOrOneArrayOff };
const BAND: State = { name: "band", random: true, isRight: isInBand };
/** Modules' own values: a lower bound, shown and not judged. */
const APART: State = { name: "apart", random: false, isRight: () => true };

/** States that are random, by profile; all others of core types are deterministic. */
const RANDOM: readonly { readonly kind: string; readonly servers: RegExp; readonly state: State }[] = [
  { kind: "zset/skiplist", servers: /^/, state: BAND },
  { kind: "hash/hashtable", servers: /^redis-|^valkey-(7\.2|8\.0)$/, state: BUCKET_ARRAY },
  { kind: "hash/hashtable", servers: /^valkey-/, state: BAND },
  { kind: "set/hashtable", servers: /^valkey-([89]|\d\d)\./, state: BAND },
];

const CORE_TYPES = new Set(["string", "list", "set", "zset", "hash", "stream"]);

/** How a type and encoding is judged on the server of a profile. */
export function stateOf(type: string, encoding: string, profile: string): State {
  if (!CORE_TYPES.has(type)) return APART;
  const kind = `${type}/${encoding}`;
  return RANDOM.find((row) => row.kind === kind && row.servers.test(profile))?.state ?? DETERMINISTIC;
}
