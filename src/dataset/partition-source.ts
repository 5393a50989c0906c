import fs from "node:fs";
import { type Inventory, openInventory } from "../inventory/open.ts";
import type { RowRange } from "../inventory/row-columns.ts";
import type { RowFile } from "../inventory/row-pages.ts";
import { rangeOf, rowsBefore } from "./row-counts.ts";

/** An inventory that partitions are made of: where its rows are is looked up once for all of them. */
export class PartitionSource {
  readonly path: string;
  readonly name: string;
  readonly inventory: Inventory;
  readonly rows: RowFile;
  /** As `rowsBefore` has it. */
  readonly before: Int32Array;
  private readonly count: number;

  /** Messages call the file at `path` `name`. @throws {IoError} when it cannot be read or is damaged */
  constructor(path: string, name: string) {
    this.path = path;
    this.name = name;
    this.inventory = openInventory(path, name);
    try {
      this.rows = this.inventory.openRows("ids");
    } catch (error) {
      this.inventory.close();
      throw error;
    }
    const { before, rows } = rowsBefore(this.rows);
    this.before = before;
    this.count = rows;
  }

  /** The rows of a snapshot. @throws {IoError} when a page is damaged */
  rangeOf(snapshot: number): RowRange {
    return rangeOf(this.rows, this.before, this.count, snapshot);
  }

  /** To be called when no thread is left that reads it. */
  close(): void {
    fs.closeSync(this.rows.fd);
    this.inventory.close();
  }
}
