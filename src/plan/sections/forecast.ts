import { column } from "../../queries/answer.ts";
import { counted } from "../../queries/words.ts";
import { humanTime } from "../../units.ts";
import { type Outgrown, outgrown } from "../forecast.ts";
import { byScenario, type PlanSection } from "./section.ts";

const STATES: Readonly<Record<Outgrown["state"], string>> = {
  reached: "already",
  nearer: "",
  not: "not at this growth",
  unknown: "cannot be said: one point",
};

/** When each machine is outgrown, from a series. */
export const forecastSection: PlanSection = {
  name: "forecast",
  items: ["machine"],
  make: (context) => {
    const { history } = context;
    if (history === undefined) return undefined;
    return byScenario(
      context,
      {
        name: "forecast",
        title: `When machines are outgrown: an estimate from ${counted(history.points.length, "point")}`,
      },
      [
        column("machine", "Machine", "text"),
        column("memory", "Memory", "bytes"),
        column("shards", "Shards", "count"),
        column("limit_bytes", "Full at used_memory", "bytes"),
        column("outgrown", "Outgrown", "text"),
        column("earliest", "Earliest", "text"),
        column("latest", "Latest", "text"),
        column("at", "At", "time", { machineOnly: true }),
        column("earliest_at", "Earliest", "time", { machineOnly: true }),
        column("latest_at", "Latest", "time", { machineOnly: true }),
      ],
      (one) => outgrown(one, history).map(row),
    );
  },
};

function row({ machine, shards, limit_bytes, state, at, has_band: has, earliest_at, latest_at }: Outgrown) {
  const day = (ms: number | null, otherwise: string | null) =>
    ms === null ? otherwise : humanTime(ms).slice(0, 10);
  return {
    machine: machine.name,
    memory: machine.memory,
    shards,
    limit_bytes,
    outgrown: day(at, STATES[state]),
    earliest: day(earliest_at, has ? "not to be expected" : null),
    latest: day(latest_at, has ? "maybe never" : null),
    at,
    earliest_at,
    latest_at,
  };
}
