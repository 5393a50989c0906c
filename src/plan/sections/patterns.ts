import { column } from "../../queries/answer.ts";
import { whole } from "./scenarios.ts";
import { byScenario, type PlanSection } from "./section.ts";

/** Which patterns the data is of at the end. */
export const patternsSection: PlanSection = {
  name: "patterns",
  items: ["pattern"],
  make: (context) =>
    byScenario(
      context,
      { name: "patterns", title: "What the data is" },
      [
        column("pattern", "Pattern", "key"),
        column("keys", "Keys now", "count"),
        column("heap_bytes", "Heap now", "bytes"),
        column("growth", "A month", "share"),
        column("grown_bytes", "At the end", "bytes"),
        column("share", "Share", "share"),
      ],
      ({ patterns }) => {
        const all = patterns.reduce((sum, { grown_bytes: bytes }) => sum + bytes, 0);
        const rows = patterns.slice(0, context.largest).map((one) => ({
          pattern: one.pattern,
          keys: whole(one.keys),
          heap_bytes: whole(one.heap_bytes),
          growth: one.growth,
          grown_bytes: whole(one.grown_bytes),
          share: all > 0 ? one.grown_bytes / all : 0,
        }));
        return { rows, all: patterns.length };
      },
    ),
};
