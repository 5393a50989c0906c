import type { RuleKind } from "../rule.ts";
import { allowed } from "./allowed.ts";
import { bigKeys } from "./big-keys.ts";
import { doctor } from "./doctor.ts";
import { efficiency } from "./efficiency.ts";
import { encodings } from "./encodings.ts";
import { expired } from "./expired.ts";
import { forbidden } from "./forbidden.ts";
import { growth } from "./growth.ts";
import { limits } from "./limits.ts";
import { sql } from "./sql.ts";
import { ttl } from "./ttl.ts";
import { usedMemory } from "./used-memory.ts";

/** Every kind of rule, in the order of docs/policy.md. A new one: a file, a line here, and its section there. */
export const RULE_KINDS: readonly RuleKind[] = [
  limits,
  usedMemory,
  bigKeys,
  ttl,
  forbidden,
  allowed,
  encodings,
  expired,
  efficiency,
  growth,
  sql,
  doctor,
];
