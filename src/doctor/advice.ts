/** What to do about a value that is too big, by its type. A new one: a line here. */
const BY_TYPE: Readonly<Record<string, readonly string[]>> = {
  string: [
    "Compress it in the client, or split it into parts: SET key:0, key:1, … read with MGET. Blobs belong into an object store.",
  ],
  hash: [
    "Split the hash by category or bucket: HSET key:{bucket} field value, with bucket = crc32(field) % 100.",
  ],
  set: [
    "Split the set by bucket: SADD key:{bucket} member. To count members only, PFADD needs 12 KB at most.",
  ],
  zset: [
    "Trim it: ZREMRANGEBYRANK key 0 -10001 keeps the best 10,000. Or partition it by period: key:2026-11, key:2026-12.",
  ],
  list: [
    "Drain it or cap it: LTRIM key 0 9999 after each push. If it is a log, a stream does that itself: XADD key MAXLEN ~ 10000 * …",
  ],
  stream: [
    "Cap it: XTRIM key MAXLEN ~ 100000, and XADD key MAXLEN ~ 100000 * … from now on (or MINID for an age).",
  ],
};

/** What to do about a key of a type that is too big. */
export function bigKeyAdvice(type: string): readonly string[] {
  return BY_TYPE[type] ?? ["Ask the module that owns the type how to split it."];
}
