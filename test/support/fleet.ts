import { keyHashSlot } from "../../src/inventory/slot.ts";
import { hashPackedValue, setValue, stringValue, zset2Value } from "./rdb-values.ts";
import { RdbWriter } from "./rdb-writer.ts";

/** A node of a cluster of `nodes`, as its snapshot says. */
export interface FleetNode {
  readonly node: number;
  readonly nodes: number;
  /** Names that all nodes deal out by their slots; each has its share of them. */
  readonly keys: number;
  readonly replId?: string;
  readonly replOffset?: number;
  /** Seconds since the epoch. */
  readonly ctime?: number;
  /** Makes the data another one. */
  readonly salt?: string;
}

/** The snapshot of one node: every kind of value, names over a page now and then, expiries. */
export function fleetSnapshot({ node, nodes, keys, salt = "", ...facts }: FleetNode): Buffer {
  const { replId = String(node).padStart(40, "a"), replOffset = 1000 + node, ctime = 1_750_000_000 } = facts;
  const writer = new RdbWriter("REDIS", 11)
    .aux("redis-ver", "7.2.4")
    .aux("ctime", String(ctime))
    .aux("repl-id", replId)
    .aux("repl-offset", String(replOffset));
  for (let i = 0; i < keys; i++) {
    const tail = i % 997 === 500 ? "n".repeat(40_000) : "";
    const name = `${["user", "cart", "order", "session"][i % 4]}:${i}:${i % 7 === 0 ? "meta" : "data"}${tail}`;
    const bytes = Buffer.from(name);
    const slot = keyHashSlot(bytes, bytes.length);
    if (Math.floor((slot * nodes) / 16384) !== node) continue;
    const expires = i % 5 === 0 ? { expiresAtMs: ctime * 1000 + (i - 500) * 60_000 } : {};
    writer.key(name, nthValue(i, salt), expires);
  }
  return writer.end();
}

function nthValue(i: number, salt: string) {
  if (i % 4 === 0) return hashPackedValue(16, [["f", "v".repeat(i % 90) + salt]]);
  if (i % 11 === 0) return setValue(["a", "b", String(i), salt]);
  if (i % 13 === 0) return zset2Value([["m", i]]);
  return stringValue("x".repeat(i % 300) + salt);
}
