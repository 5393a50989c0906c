import { humanBytes, humanShare } from "../../units.ts";
import { infoNumber } from "../info.ts";
import { finding, rule } from "../rule.ts";

/** How near the limit is, or that there is none. */
export const maxmemory = rule({
  id: "maxmemory",
  looksFor: "used memory near maxmemory, or no limit at all",
  needs: ["info"],
  infoFields: [
    { names: ["maxmemory"] },
    { names: ["total_system_memory"], when: (info) => infoNumber(info, "maxmemory") === 0 },
  ],
  isExact: true,
  thresholds: { warning_share: 0.8, critical_share: 0.95, no_limit_share: 0.5 },
  find(_, t, info) {
    const used = infoNumber(info, "used_memory") ?? 0;
    const limit = infoNumber(info, "maxmemory");
    const machine = infoNumber(info, "total_system_memory") ?? 0;
    const policy = info.get("maxmemory_policy") ?? "unknown";
    if (limit === undefined) return [];
    if (limit === 0)
      return machine > 0 && used / machine > t.no_limit_share ? [unlimited(used, machine)] : [];
    const share = used / limit;
    if (share <= t.warning_share) return [];
    return [
      finding({
        severity: share > t.critical_share ? "critical" : "warning",
        title: `${humanShare(share)} of maxmemory is used`,
        evidence: [
          `${humanBytes(used)} of ${humanBytes(limit)}; at the limit ${policy === "noeviction" ? "writes are refused" : `keys are evicted (${policy})`}.`,
        ],
        figures: { used_memory: used, maxmemory: limit, share, maxmemory_policy: policy },
        advice: [
          "Free what the other findings tell, or raise it: CONFIG SET maxmemory, to at most 80% of the machine's memory (copy-on-write needs the rest).",
        ],
      }),
    ];
  },
});

function unlimited(used: number, machine: number) {
  return finding({
    severity: "warning",
    title: "there is no maxmemory",
    evidence: [
      `${humanBytes(used)} of the machine's ${humanBytes(machine)} are used already; without a limit the system ends the server when memory is out.`,
    ],
    figures: { used_memory: used, maxmemory: 0, total_system_memory: machine },
    advice: [
      `CONFIG SET maxmemory ${Math.floor((machine * 0.8) / 1024 ** 2)}mb: 80% of the machine's memory.`,
    ],
  });
}
