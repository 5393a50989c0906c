import type { WeightedRollup } from "../../workers/protocol.ts";
import type { MergedPatterns } from "../patterns/index.ts";
import type { NameHash } from "./name-hash.ts";
import { rollupParts } from "./rollup/rollup.ts";

/** Names that a template has to stand for to be shown. */
const MIN_NAMES = 2;

/**
 * Templates as an inventory of hashed names has them: what has no wildcard is a name, and what stands for a single key
 * (in each database) may be one too, so those are hashed.
 */
export function hashedTemplates(
  { templates, idOf }: MergedPatterns,
  rollups: readonly WeightedRollup[],
  hash: NameHash,
): string[] {
  const keys = new Map<string, number>();
  const most = new Float64Array(templates.length);
  for (const { reader, counted } of rollups) {
    const { rollup } = counted;
    for (let i = 0; i < rollup.first.length; i++) {
      const template = idOf[reader]![rollupParts(rollup.second[i]!).pattern]!;
      const entry = `${rollup.first[i]} ${template}`;
      const count = (keys.get(entry) ?? 0) + rollup.sums[i * rollup.width]!;
      keys.set(entry, count);
      most[template] = Math.max(most[template]!, count);
    }
  }
  return templates.map((text, i) =>
    text.includes("*") && most[i]! >= MIN_NAMES ? text : hash.text(Buffer.from(text)),
  );
}

/** Fields that every server writes, and that hold no data. What others hold, such as the scripts in `lua`, may name keys. */
const KNOWN_FIELDS = new Set([
  "redis-ver",
  "valkey-ver",
  "redis-bits",
  "ctime",
  "used-mem",
  "aof-base",
  "aof-preamble",
  "repl-stream-db",
  "repl-id",
  "repl-offset",
]);

/** The value of an AUX field as an inventory of hashed names has it. */
export function hashedField(name: string, value: string, hash: NameHash): string {
  return KNOWN_FIELDS.has(name) ? value : hash.text(Buffer.from(value));
}
