import type { Scope } from "../../queries/scope.ts";
import { humanShare } from "../../units.ts";
import { infoNumber } from "../info.ts";
import { finding, rule } from "../rule.ts";
import { type PatternSums, patternSums } from "../sums.ts";
import { hasWord, QUEUE_WORDS, TEMPORARY_WORDS } from "../words.ts";

interface Data {
  readonly policy: string;
  /** Shares of keys: with a TTL; of temporary patterns. */
  readonly ttlShare: number;
  readonly temporaryShare: number;
  /** A pattern that is a queue, if there is one. */
  readonly queue: string | undefined;
  readonly limits: { readonly few_ttl_share: number; readonly cache_share: number };
}

/** What does not go together, each with what should be. */
const MISMATCHES: readonly {
  readonly when: (data: Data) => boolean;
  readonly severity: "critical" | "warning";
  readonly title: (data: Data) => string;
  readonly advice: string;
}[] = [
  {
    when: ({ policy, ttlShare, limits }) => policy.startsWith("volatile-") && ttlShare < limits.few_ttl_share,
    severity: "critical",
    title: ({ policy, ttlShare }) =>
      `${policy} can evict ${humanShare(ttlShare)} of the keys only: the others have no TTL`,
    advice:
      "CONFIG SET maxmemory-policy allkeys-lru if all of it is a cache; else give TTLs to what may go. When nothing is left to evict, writes are refused.",
  },
  {
    when: ({ policy, queue }) => policy.startsWith("allkeys-") && queue !== undefined,
    severity: "warning",
    title: ({ policy, queue }) => `${policy} may evict ${queue}, which looks like a queue`,
    advice:
      "A queue wants noeviction: keep it on a server of its own, or use volatile-lru here with TTLs on everything but the queues.",
  },
  {
    when: ({ policy, temporaryShare, limits }) =>
      policy === "noeviction" && temporaryShare > limits.cache_share,
    severity: "warning",
    title: ({ temporaryShare }) =>
      `noeviction, though ${humanShare(temporaryShare)} of the keys are temporary`,
    advice:
      "CONFIG SET maxmemory-policy allkeys-lru for a cache (allkeys-lfu if few keys are hot for long), volatile-ttl for sessions: else writes are refused at the limit.",
  },
];

/** An eviction policy that does not fit the data. */
export const evictionPolicy = rule({
  id: "eviction-policy",
  looksFor: "a maxmemory-policy that does not fit the data",
  needs: ["info"],
  infoFields: [
    { names: ["maxmemory"] },
    { names: ["maxmemory_policy"], when: (info) => infoNumber(info, "maxmemory") !== 0 },
  ],
  thresholds: { few_ttl_share: 0.05, cache_share: 0.5, words: TEMPORARY_WORDS, queue_words: QUEUE_WORDS },
  find(scope, limits, info) {
    const policy = info.get("maxmemory_policy");
    if (policy === undefined || (infoNumber(info, "maxmemory") ?? 0) === 0) return [];
    const data = { ...dataOf(scope, limits), policy, limits };
    return MISMATCHES.filter(({ when }) => data.keys > 0 && when(data)).map(({ severity, title, advice }) =>
      finding({
        severity,
        title: title(data),
        evidence: [
          `maxmemory-policy is ${policy}; ${humanShare(data.ttlShare)} of the keys have a TTL, ${humanShare(data.temporaryShare)} are of patterns that are temporary by name.`,
        ],
        figures: { maxmemory_policy: policy, ttl_share: data.ttlShare, temporary_share: data.temporaryShare },
        advice: [advice],
      }),
    );
  },
});

function dataOf(
  scope: Scope,
  { words, queue_words: queueWords }: { words: readonly string[]; queue_words: readonly string[] },
) {
  const patterns = patternSums(scope);
  const sum = (of: (sums: PatternSums) => number) => patterns.reduce((total, sums) => total + of(sums), 0);
  const keys = sum((sums) => sums.keys);
  const temporary = sum((sums) => (hasWord(sums.pattern, words) ? sums.keys : 0));
  const queue = patterns.find(
    ({ pattern, types }) => /list|stream/.test(types) && hasWord(pattern, queueWords),
  )?.pattern;
  const ttlShare = 1 - sum((sums) => sums.keys_without_ttl) / keys;
  return { keys, ttlShare, temporaryShare: temporary / keys, queue };
}
