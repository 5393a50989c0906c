import { sampleOf, samplingError, wholeRow } from "../queries/sampling.ts";
import { type Scope, scopeParams, tallySource } from "../queries/scope.ts";
import { humanError } from "../units.ts";
import type { Finding } from "./rule.ts";

/** A finding, and whether its numbers are estimated from a sample. */
export interface Estimated extends Finding {
  readonly estimated: boolean;
}

/** What a sample knows of the keys of a pattern, or of all: estimates, and what of them was left to chance. */
interface DrawnRow {
  readonly pattern: string | null;
  readonly keys: number;
  readonly heap_bytes: number;
  readonly drawn_keys: number;
  readonly drawn_heap_bytes: number;
  readonly heap_squares: number;
}

const SUMS = `sum(keys) AS keys, sum(heap_bytes) AS heap_bytes, sum(iif(weight > 1, keys, 0)) AS drawn_keys,
  sum(iif(weight > 1, heap_bytes, 0)) AS drawn_heap_bytes, sum(heap_squares) AS heap_squares`;

/** Labels findings of an inventory that is a sample as estimates, with how sure they are; all others stay as they are. */
export class Estimates {
  private readonly scope: Scope;
  private known: ReadonlyMap<string | null, DrawnRow> | undefined;

  constructor(scope: Scope) {
    this.scope = scope;
  }

  /** `isExact`: what the finding tells is none of the sample's estimates. */
  label(one: Finding, isExact: boolean): Estimated {
    if (isExact || sampleOf(this.scope.snapshot) === undefined) return { ...one, estimated: false };
    if (this.isCounted(one)) return { ...one, estimated: false };
    const { text, figures } = this.errorsOf(one);
    return {
      ...one,
      evidence: [...one.evidence, `Estimated from a sample: ${text}.`],
      figures: wholeRow({ ...one.figures, ...figures }),
      saving_bytes: rounded(one.saving_bytes),
      saving_heap_bytes: rounded(one.saving_heap_bytes),
      estimated: true,
    };
  }

  /** Whether all keys of the finding's pattern are large: each was read, and stands for itself. */
  private isCounted({ pattern }: Finding): boolean {
    const row = this.rows().get(pattern);
    if (pattern === null || row === undefined || row.drawn_keys > 0) return false;
    return samplingError(sampleOf(this.scope.snapshot)!, 0, 0, 0, row.keys) === 0;
  }

  /** How sure the numbers of a finding are: those of the keys of its pattern, or of all. */
  private errorsOf({ pattern, figures }: Finding): { text: string; figures: Finding["figures"] } {
    const row = this.rows().get(pattern);
    const sample = sampleOf(this.scope.snapshot)!;
    if (row === undefined) return { text: UNSURE, figures: {} };
    const drawn = Math.round(row.drawn_keys / sample.weight);
    const ofKeys = samplingError(sample, drawn, drawn, drawn);
    const ofHeap = samplingError(sample, drawn, row.drawn_heap_bytes / sample.weight, row.heap_squares);
    if (ofKeys === undefined || ofHeap === undefined) return { text: UNSURE, figures: {} };
    const errors = `${humanError(row.keys, ofKeys)} keys, ${humanError(row.heap_bytes, ofHeap)} memory`;
    const whose = pattern === null ? "of all keys" : "of the whole pattern";
    const isWhole =
      pattern !== null && isSame(figures.keys, row.keys) && isSame(figures.heap_bytes, row.heap_bytes);
    return isWhole
      ? { text: errors, figures: { keys_error: ofKeys, heap_bytes_error: ofHeap } }
      : {
          text: `${errors} ${whose}; what is told of a part of them, and savings, are less sure`,
          figures: {},
        };
  }

  private rows(): ReadonlyMap<string | null, DrawnRow> {
    this.known ??= new Map(this.read().map((row) => [row.pattern, row]));
    return this.known;
  }

  private read(): DrawnRow[] {
    const { scope } = this;
    const source = tallySource(scope);
    return scope.inventory.all<DrawnRow>(
      `SELECT pattern, ${SUMS} FROM ${source} GROUP BY pattern UNION ALL SELECT NULL, ${SUMS} FROM ${source}`,
      scopeParams(scope),
    );
  }
}

const UNSURE = "too few keys were drawn to tell how far it may be off";

function isSame(told: unknown, sum: number): boolean {
  return typeof told === "number" && Math.round(told) === Math.round(sum);
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}
