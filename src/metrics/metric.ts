/** Label values of a sample; null: all others together, as there are only so many of a label. */
export type Labels = Readonly<Record<string, string | null>>;

/** One figure. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** Figures of one name. All are gauges: a snapshot is what it is at one time. */
export interface Metric {
  /** As Prometheus names them: a prefix, what it is, and its base unit. */
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}
