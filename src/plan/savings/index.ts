import { buckets } from "./buckets.ts";
import { compression } from "./compression.ts";
import { encodingThresholds } from "./encoding-thresholds.ts";
import { names } from "./names.ts";
import type { SavingKind } from "./saving.ts";
import { sooner } from "./sooner.ts";
import { ttl } from "./ttl.ts";
import { versionMove } from "./version-move.ts";

/** Every kind of saving. A new one: a file, a line here, and its row in docs/sizing.md. */
export const SAVINGS: readonly SavingKind[] = [
  encodingThresholds,
  versionMove,
  ttl,
  sooner,
  compression,
  buckets,
  names,
];
