import { memory } from "../../queries/memory.ts";
import { humanBytes, humanShare } from "../../units.ts";
import { finding, rule } from "../rule.ts";

/** Memory that the server used when it saved and that its keys do not explain. */
export const unexplainedMemory = rule({
  id: "unexplained-memory",
  looksFor: "memory that the server used when it saved, and that its keys do not explain",
  needs: ["whole"],
  thresholds: { share: 0.25, bytes: 10 * 1024 ** 2 },
  find(scope, { share: limit, bytes: least }) {
    const row = memory(scope);
    if (row?.unexplained_bytes == null || row.unexplained_share === null || row.used_mem === null) return [];
    const {
      unexplained_bytes: bytes,
      unexplained_share: share,
      used_mem: used,
      estimated_bytes: estimated,
    } = row;
    if (bytes < least || share < limit) return [];
    return [
      finding({
        severity: "warning",
        title: `${humanBytes(bytes)} of used_memory is not explained by keys`,
        evidence: [
          `The server used ${humanBytes(used)} when it saved; after loading the snapshot it would use ${humanBytes(estimated)}: ${humanShare(share)} is something else.`,
        ],
        figures: {
          used_mem: used,
          estimated_bytes: estimated,
          unexplained_bytes: bytes,
          unexplained_share: share,
        },
        advice: [
          "Ask the server: MEMORY STATS tells clients.normal, replication.backlog, lua.caches and functions.caches apart; CLIENT LIST has omem and tot-mem.",
          "Buffers of clients: client-output-buffer-limit, maxmemory-clients 5% (Redis 7.0). Scripts: SCRIPT FLUSH, and EVALSHA in place of texts that are made up anew each time.",
          "Save INFO and give it with --info: the doctor then looks at buffers itself.",
        ],
      }),
    ];
  },
});
