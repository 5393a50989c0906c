import { NameMemory } from "../src/names/name-memory.ts";
import {
  byteClasses,
  type PatternExport,
  type PatternSettings,
  PatternTable,
} from "../src/patterns/index.ts";
import type { PlacedModel } from "./protocol.ts";

/** A reader's slots and patterns: those of the model that holds where a record stands. Records come in the order of the snapshot. */
export class PlacedPatterns {
  /** Looks at names first: most have the form of one that was classified before. */
  private readonly names: NameMemory;
  private readonly table: PatternTable;
  private readonly models: PlacedModel[] = [];
  /** Where the next model begins. */
  private nextFrom = Number.POSITIVE_INFINITY;

  constructor(settings: PatternSettings | undefined) {
    this.names = new NameMemory(byteClasses(settings?.separators));
    this.table = new PatternTable(settings, this.names);
  }

  /** Where names are classified quickly. */
  get nameBuffer(): Uint8Array {
    return this.names.bytes;
  }

  /** Cluster hash slot of the name that was classified last. */
  get slot(): number {
    return this.names.slot;
  }

  add(models: readonly PlacedModel[]): void {
    this.models.push(...models);
    this.nextFrom = this.models[0]?.from ?? Number.POSITIVE_INFINITY;
  }

  /** Classifies the name `key[0, bytes)` of the record at `offset`: a raw id. */
  classify(key: Uint8Array, bytes: number, offset: number): number {
    while (offset >= this.nextFrom) this.useNext();
    const known = this.names.look(key, bytes);
    if (known < 0) return this.table.classify(key, 0, bytes);
    this.table.count(known);
    return known;
  }

  private useNext(): void {
    this.table.use(this.models.shift()!.model);
    this.nextFrom = this.models[0]?.from ?? Number.POSITIVE_INFINITY;
  }

  export(): PatternExport {
    return this.table.export();
  }
}
