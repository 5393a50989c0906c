/** Whether one of the words stands in a pattern, alone or as the plural: `rate-limit` is `ratelimit` too. */
export function hasWord(pattern: string, words: readonly string[]): boolean {
  const parts = pattern
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== "");
  const known = new Set(words);
  const isKnown = (text: string) => known.has(text) || (text.endsWith("s") && known.has(text.slice(0, -1)));
  return parts.some((part, i) => isKnown(part) || isKnown(`${part}${parts[i + 1] ?? ""}`));
}

/** What makes keys temporary by nature. */
export const TEMPORARY_WORDS = [
  "session",
  "sess",
  "cache",
  "cached",
  "temp",
  "tmp",
  "lock",
  "mutex",
  "ratelimit",
  "throttle",
  "token",
  "otp",
  "nonce",
  "csrf",
] as const;

/** What makes keys queues. */
export const QUEUE_WORDS = [
  "queue",
  "job",
  "task",
  "worker",
  "inbox",
  "outbox",
  "pending",
  "retry",
  "failed",
  "dead",
  "deadletter",
  "dlq",
  "backlog",
  "mailbox",
] as const;
