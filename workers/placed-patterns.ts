import { type PatternExport, type PatternSettings, PatternTable } from "../src/patterns/index.ts";
import type { PlacedModel } from "./protocol.ts";

/** A reader's patterns: those of the model that holds where a record stands. Records come in the order of the snapshot. */
export class PlacedPatterns {
  private readonly table: PatternTable;
  private readonly models: PlacedModel[] = [];
  /** Where the next model begins. */
  private nextFrom = Number.POSITIVE_INFINITY;

  constructor(settings: PatternSettings | undefined) {
    this.table = new PatternTable(settings);
  }

  add(models: readonly PlacedModel[]): void {
    this.models.push(...models);
    this.nextFrom = this.models[0]?.from ?? Number.POSITIVE_INFINITY;
  }

  /** Classifies the name `key[0, bytes)` of the record at `offset`: a raw id. */
  classify(key: Uint8Array, bytes: number, offset: number): number {
    while (offset >= this.nextFrom) this.useNext();
    return this.table.classify(key, 0, bytes);
  }

  private useNext(): void {
    this.table.use(this.models.shift()!.model);
    this.nextFrom = this.models[0]?.from ?? Number.POSITIVE_INFINITY;
  }

  export(): PatternExport {
    return this.table.export();
  }
}
