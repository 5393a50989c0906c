/** To a child: mutate and run one case, or run the snapshot in a file. */
export interface Order {
  readonly id: number;
  readonly file?: string;
}

/** From a child: how a case ended. */
export interface Outcome {
  readonly id: number;
  /** `rows`, or the code of an `RdbError`; or what is wrong. */
  readonly outcome: string;
  readonly finding?: string;
  /** Processor time. */
  readonly ms: number;
  readonly rssBytes: number;
}

/** How to start a child. */
export interface ChildSettings {
  readonly seed: number;
  /** Where the seeds are. */
  readonly seeds: string;
  /** Where it writes; nothing may be left there behind a case. */
  readonly folder: string;
}

/** Processor time of a case: on a busy machine the clock says nothing of it. */
export const TIME_CAP_MS = 5000;
/** Without an answer for so long on the clock a case hangs. */
export const HANG_MS = 60_000;
export const MEMORY_CAP_BYTES = 300e6;
