import { UsageError } from "../../errors.ts";
import { humanBytes } from "../../units.ts";
import { size } from "../../yaml/fields.ts";
import { isBeyond, ruleKind, violation } from "../rule.ts";

/** What the server would take after loading the snapshot: does it fit in maxmemory? */
export const usedMemory = ruleKind({
  id: "used-memory",
  looksFor: "a snapshot that takes more than allowed once a server has loaded it",
  fields: { max_bytes: size("used_memory after loading at most.") },
  needs: () => [],
  check({ scope }, { max_bytes: limit }, found) {
    const { snapshot } = scope;
    if (snapshot.filters !== "{}")
      throw new UsageError(
        `used-memory is of whole snapshots, and ${scope.inventory.path} was made of some of the keys: analyze without filters`,
      );
    const row = scope.inventory.get<{ bytes: number }>(
      "SELECT estimated_bytes AS bytes FROM memory WHERE snapshot = @snapshot",
      { snapshot: snapshot.snapshot },
    )!;
    const value = Math.round(row.bytes);
    if (isBeyond("max_bytes", value, limit))
      found(
        violation({
          about: "server",
          name: null,
          what: "used_memory",
          value,
          field: "max_bytes",
          limit,
          unit: "bytes",
        }),
      );
    return { measured: `${humanBytes(value)} used_memory after loading, estimated` };
  },
});
