import { type Info, infoNumber } from "../doctor/info.ts";
import { MOST_FRAGMENTATION } from "./fields.ts";
import {
  FRAGMENTATION_A_MONTH,
  MAX_TIME_FACTOR,
  MONTH_HOURS,
  objectFactor,
  WORKLOADS,
} from "./rules-of-thumb.ts";
import type { Scenario } from "./scenario.ts";

/** Resident over used memory, and how it is known. */
export interface Fragmentation {
  readonly ratio: number;
  readonly formula: string;
  readonly basis: "given" | "INFO" | "rule of thumb";
}

/**
 * Three factors: what the server does, how long it runs, and how large an object (a key with its value) is on average; or what is known.
 * @throws {UsageError} for a ratio of INFO that is of hardly any data
 */
export function fragmentationOf(
  scenario: Scenario,
  objectBytes: number,
  info: Info | undefined,
): Fragmentation {
  const { fragmentation: given, workload, hours_between_restarts: hours } = scenario;
  if (given !== undefined) return { ratio: given, formula: "given", basis: "given" };
  const measured = info && infoNumber(info, "mem_fragmentation_ratio");
  if (measured !== undefined) {
    if (measured > MOST_FRAGMENTATION)
      scenario.fail(
        "info",
        `mem_fragmentation_ratio is ${measured}: that is of little data, mostly the server's own pages; above ${MOST_FRAGMENTATION} it says nothing of more (without it the rule of thumb counts, or give fragmentation)`,
      );
    const swaps = measured < 1 ? `; ${measured} in INFO: below 1 a part is swapped out` : "";
    return {
      ratio: Math.max(1, measured),
      formula: `mem_fragmentation_ratio of INFO${swaps}`,
      basis: "INFO",
    };
  }
  const time = Math.min(MAX_TIME_FACTOR, 1 + (FRAGMENTATION_A_MONTH * hours) / MONTH_HOURS);
  const factors = [WORKLOADS[workload], time, objectFactor(objectBytes)] as const;
  const [byWorkload, byTime, bySize] = factors.map((factor) => String(Number(factor.toFixed(4))));
  return {
    ratio: factors[0] * factors[1] * factors[2],
    formula: `${byWorkload} (${workload}) × ${byTime} (${hours} h) × ${bySize} (objects of ${Math.round(objectBytes)} B)`,
    basis: "rule of thumb",
  };
}
