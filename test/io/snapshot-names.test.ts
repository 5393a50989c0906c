import { describe, expect, it } from "vitest";
import { fileNode } from "../../src/inventory/file-node.ts";
import { nodeNames } from "../../src/inventory/nodes.ts";
import { snapshotEnding, withoutEndings } from "../../src/io/snapshot-names.ts";

describe("names of snapshots", () => {
  it.each([
    ["shard-7.rdb", "shard-7"],
    ["shard-7.rdb.gz", "shard-7"],
    ["cache.v2.RDB.zst", "cache.v2"],
    ["dump.rdb.vcs", "dump"],
    ["appendonly.aof.manifest", "appendonly"],
    ["old.sqlite", "old"],
    ["10.0.0.7_6379", "10.0.0.7_6379"],
    [".rdb", ".rdb"],
    [".rdb.gz", ".rdb"],
  ])("%s is the node %s, in inventories and datasets", (name, node) => {
    expect([withoutEndings(name), nodeNames([name]), fileNode(`/backups/${name}`)]).toEqual([
      node,
      [node],
      node.startsWith(".") ? `_${node.slice(1)}` : node,
    ]);
  });

  it("tell which files are snapshots", () => {
    expect(["a.rdb", "a.rdb.lz4", "a.rdb.VCS", "a.gz", "a.rdbx", "rdb"].map(snapshotEnding)).toEqual([
      ...[".rdb", ".rdb.lz4", ".rdb.VCS"],
      ...[undefined, undefined, undefined],
    ]);
  });
});
