import { humanBytes, humanShare } from "../../units.ts";
import { type Info, infoNumber } from "../info.ts";
import { finding, rule } from "../rule.ts";

/** Fields of INFO that hold buffers; of those on one line the first that the server has. A new one: a line here. */
const BUFFERS = [
  {
    what: "clients' buffers",
    fields: ["mem_clients_normal"],
    advice:
      "CLIENT LIST (omem, tot-mem) tells whose: CONFIG SET maxmemory-clients 5% (Redis 7.0), client-output-buffer-limit normal 256mb 64mb 60.",
  },
  {
    what: "replication buffers",
    fields: ["mem_total_replication_buffers", "mem_clients_slaves"],
    advice:
      "A replica that is slow or gone fills them: INFO replication. repl-backlog-size and client-output-buffer-limit replica bound them.",
  },
  {
    what: "the AOF buffer",
    fields: ["mem_aof_buffer", "aof_buffer_length"],
    advice:
      "The disk is slower than the writes: appendfsync everysec, no-appendfsync-on-rewrite yes, or a faster disk.",
  },
] as const;

/** Buffers of clients, replicas and the AOF that take a noticeable part of the memory. */
export const buffers = rule({
  id: "buffers",
  looksFor: "buffers of clients, replication and the AOF that take much of the memory",
  needs: ["info"],
  infoFields: BUFFERS.map(({ fields }) => ({ names: fields })),
  isExact: true,
  thresholds: { share: 0.1, bytes: 10 * 1024 ** 2 },
  find(_, { share: limit, bytes: least }, info) {
    const used = infoNumber(info, "used_memory") ?? 0;
    return BUFFERS.flatMap(({ what, fields, advice }) => {
      const found = firstOf(info, fields);
      if (found === undefined || found.bytes < least || found.bytes < limit * used) return [];
      return [
        finding({
          severity: "warning",
          title: `${humanBytes(found.bytes)} of used_memory are ${what}`,
          evidence: [
            `INFO says ${found.field}:${found.bytes}, ${humanShare(found.bytes / used)} of ${humanBytes(used)}.`,
          ],
          figures: { field: found.field, buffer_bytes: found.bytes, used_memory: used },
          advice: [advice],
        }),
      ];
    });
  },
});

function firstOf(
  info: Info,
  fields: (typeof BUFFERS)[number]["fields"],
): { field: string; bytes: number } | undefined {
  for (const field of fields) {
    const bytes = infoNumber(info, field);
    if (bytes !== undefined) return { field, bytes };
  }
  return undefined;
}
