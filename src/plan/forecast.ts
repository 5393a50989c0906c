import { limitsOf } from "../trend/limit.ts";
import type { Trend } from "../trend/trend.ts";
import type { Machine } from "./catalogue.ts";
import { evenGrowth, shardLoad } from "./data.ts";
import type { PlannedScenario } from "./plan.ts";
import { needOf } from "./plan.ts";

const DAY_MS = 86_400_000;
/** Nobody plans for more than this many times the data of now. */
const MOST = 2 ** 40;

/** When a machine is outgrown if used_memory goes on as in the series. Times in ms since the epoch. */
export interface Outgrown {
  readonly machine: Machine;
  readonly shards: number;
  /** used_memory of all shards together, after loading, at which each machine is full. */
  readonly limit_bytes: number;
  /** `reached` already, comes `nearer`, does `not`, or `unknown`: a single point. */
  readonly state: "reached" | "nearer" | "not" | "unknown";
  readonly at: number | null;
  /** Ends of the band that holds it in 95 of 100 cases; null: none, or never. */
  readonly has_band: boolean;
  readonly earliest_at: number | null;
  readonly latest_at: number | null;
}

/** When each machine of the catalogue is outgrown with the shards that were chosen, from the regression of `trend` over its points. */
export function outgrown(one: PlannedScenario, { points }: Trend): Outgrown[] {
  const [first] = points;
  if (first === undefined) return [];
  const times = points.map(({ created_at: at }) => (at - first.created_at) / DAY_MS);
  return one.options.flatMap(({ machine }) => {
    const level = Math.round(fullAt(one, machine));
    if (level <= 0) return [];
    const limit = limitsOf(points, times, level, 1).find(({ measure }) => measure === "used_memory");
    if (limit === undefined) return [];
    const { state, reached_at: at, has_band, earliest_at, latest_at } = limit;
    return [{ machine, shards: one.shards, limit_bytes: level, state, at, has_band, earliest_at, latest_at }];
  });
}

/** used_memory of one server with all the data, when there is so much of it that a shard fills the machine; 0 where none does. */
function fullAt(one: PlannedScenario, { memory }: Machine): number {
  const { data, shards, scenario, info } = one;
  const fits = (times: number) =>
    needOf(data, evenGrowth(data, times), scenario, info).shard(shards).machine_bytes <= memory;
  if (!fits(0)) return 0;
  let low = 0;
  let high = 1;
  while (high < MOST && fits(high)) high *= 2;
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return shardLoad(data, evenGrowth(data, low), 1).bytes + data.baseline_bytes;
}
