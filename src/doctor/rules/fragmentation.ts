import { humanBytes } from "../../units.ts";
import { infoNumber } from "../info.ts";
import { finding, rule } from "../rule.ts";

/** Memory that the system gave and the data does not use, or that the system has taken away. */
export const fragmentation = rule({
  id: "fragmentation",
  looksFor: "resident memory far above or below what is used",
  needs: ["info"],
  infoFields: [{ names: ["used_memory_rss"] }],
  isExact: true,
  thresholds: { ratio: 1.5, critical_ratio: 2, swap_ratio: 1, min_bytes: 10 * 1024 ** 2 },
  find(_, t, info) {
    const used = infoNumber(info, "used_memory") ?? 0;
    const rss = infoNumber(info, "used_memory_rss");
    if (rss === undefined || used === 0) return [];
    const ratio = infoNumber(info, "mem_fragmentation_ratio") ?? rss / used;
    const figures = { mem_fragmentation_ratio: ratio, used_memory: used, used_memory_rss: rss };
    const apart = Math.abs(rss - used);
    if (apart < t.min_bytes) return [];
    const evidence = [
      `INFO says mem_fragmentation_ratio ${ratio}: ${humanBytes(rss)} resident for ${humanBytes(used)} used.`,
    ];
    if (ratio < t.swap_ratio) {
      return [
        finding({
          severity: "critical",
          title: "a part of the memory is swapped out",
          evidence: [
            ...evidence,
            "Less is resident than is used: the rest is on the disk, and every access to it waits.",
          ],
          figures,
          advice: [
            "Give the machine more memory or the server less (maxmemory); then swapoff -a, or vm.swappiness=1.",
          ],
        }),
      ];
    }
    if (ratio <= t.ratio) return [];
    return [
      finding({
        severity: ratio > t.critical_ratio ? "critical" : "warning",
        title: `${humanBytes(apart)} are resident and not used: fragmentation ${ratio}`,
        evidence,
        figures,
        advice: [
          "CONFIG SET activedefrag yes (a build with its own jemalloc; it takes CPU: active-defrag-cycle-max).",
          "MEMORY PURGE gives back what lies idle after a peak. Else a restart, or a failover to a fresh replica.",
        ],
      }),
    ];
  },
});
