import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { KeyIds } from "../src/dataset/ids.ts";
import { KeyBatches } from "../src/dataset/key-batches.ts";
import { loadParquet, type WrittenFile, writeParquet } from "../src/dataset/parquet-file.ts";
import { smallTable } from "../src/dataset/small-tables.ts";
import { TABLES } from "../src/dataset/tables.ts";
import { toErrorRecord } from "../src/errors.ts";
import { openInventory } from "../src/inventory/open.ts";
import { began } from "./began.ts";
import type { Answer, ParquetTask } from "./protocol.ts";

/** Where the writer's code is: in `node_modules` where this runs from sources. */
const CODE = import.meta.url.endsWith(".ts")
  ? pathToFileURL(createRequire(import.meta.url).resolve("parquet-wasm/esm/parquet_wasm_bg.wasm"))
  : new URL("../parquet_wasm_bg.wasm", import.meta.url);

/** Writes one file of a dataset. */
export default async function parquet(task: ParquetTask): Promise<Answer<WrittenFile>> {
  began();
  try {
    loadParquet(CODE);
    const { table, path, snapshot, file } = task;
    const inventory = openInventory(path, task.name);
    try {
      const batches =
        table === "keys"
          ? new KeyBatches(task.rows, task.before, new KeyIds(inventory, snapshot), task.createdAt).of(
              task.range,
            )
          : smallTable(inventory, snapshot, table);
      return { value: await writeParquet(file, task.folder, TABLES[table], batches) };
    } finally {
      inventory.close();
    }
  } catch (error) {
    return { error: toErrorRecord(error) };
  }
}
