import type { Rule } from "../rule.ts";
import { bigKeys } from "./big-keys.ts";
import { buffers } from "./buffers.ts";
import { compressibleStrings } from "./compressible-strings.ts";
import { concentration } from "./concentration.ts";
import { encodingThresholds } from "./encoding-thresholds.ts";
import { evictionPolicy } from "./eviction-policy.ts";
import { evictions } from "./evictions.ts";
import { expiredKeys } from "./expired-keys.ts";
import { expirySpikes } from "./expiry-spikes.ts";
import { fragmentation } from "./fragmentation.ts";
import { heavyPatterns } from "./heavy-patterns.ts";
import { hotSlots } from "./hot-slots.ts";
import { integersAsText } from "./integers-as-text.ts";
import { jsonStrings } from "./json-strings.ts";
import { keyExplosion } from "./key-explosion.ts";
import { longNames } from "./long-names.ts";
import { lowEfficiency } from "./low-efficiency.ts";
import { maxmemory } from "./maxmemory.ts";
import { noTtl } from "./no-ttl.ts";
import { nodeImbalance } from "./node-imbalance.ts";
import { peak } from "./peak.ts";
import { staleKeys } from "./stale-keys.ts";
import { tinyKeys } from "./tiny-keys.ts";
import { undrainedQueues } from "./undrained-queues.ts";
import { unexplainedMemory } from "./unexplained-memory.ts";

/** Every rule of the doctor, in the order of docs/doctor.md. A new one: a file, a line here, and its section there. */
export const RULES: readonly Rule[] = [
  noTtl,
  expiredKeys,
  expirySpikes,
  staleKeys,
  bigKeys,
  heavyPatterns,
  undrainedQueues,
  keyExplosion,
  tinyKeys,
  encodingThresholds,
  compressibleStrings,
  jsonStrings,
  integersAsText,
  longNames,
  lowEfficiency,
  concentration,
  hotSlots,
  nodeImbalance,
  unexplainedMemory,
  fragmentation,
  maxmemory,
  peak,
  evictions,
  evictionPolicy,
  buffers,
];
