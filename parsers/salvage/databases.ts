import type { RdbHeader } from "../header.ts";
import { type ByteRange, type Chunk, Splitter } from "../splitter.ts";
import type { ByteSource } from "../window.ts";
import { SIZES } from "./sizes.ts";
import { type Swallower, swallowerIn } from "./swallowed.ts";

/** Keys that follow each other in one database, as far as can be read. */
interface Run {
  readonly db: number;
  readonly start: number;
  /** The offset behind the last of them. */
  end: number;
  /** What RESIZEDB says of the database. */
  announced: number | undefined;
  keys: number;
  /** Gaps in it, and how many of the keys stand before each. */
  readonly gaps: { readonly gap: number; readonly keysBefore: number }[];
}

/** Records that are doubted as the number of a database stands in them, and databases that are looked at for one. */
const MAX_DOUBTED = 8;
/** Gaps that are numbered: each costs a census. */
const MAX_NUMBERED = 64;

/** Gaps, those with a database that begins behind them numbered; or a record that hides one, to be doubted first. */
export interface Numbered<G> {
  readonly gaps: G[];
  readonly swallower?: Swallower;
}

/**
 * Finds what swallowed the number of a database, where more keys follow than RESIZEDB announced: a record in which the
 * next database can be seen (but for those in `doubted`), or a gap. What follows a gap is then taken to be of the next
 * database: servers write them in order, and leave out empty ones only.
 */
export function withDatabases<G extends ByteRange>(
  source: ByteSource,
  header: RdbHeader,
  gaps: readonly G[],
  doubted: ReadonlySet<number>,
): Numbered<G> {
  const numbered = [...gaps];
  for (let i = 0; i < MAX_NUMBERED; i++) {
    const { runs } = new Census(source, header, { ...SIZES, gaps: numbered });
    for (const run of runs.filter(isOverfull).slice(0, MAX_DOUBTED - doubted.size)) {
      const swallower = swallowerIn(source, header, numbered, run, doubted);
      if (swallower !== undefined) return { gaps: numbered, swallower };
    }
    const at = runs.findIndex((run) => hidden(run) !== undefined);
    if (at < 0) break;
    const gap = hidden(runs[at]!)!;
    const db = runs[at]!.db + 1;
    if (numbered[gap]!.db !== undefined || db >= (runs[at + 1]?.db ?? Number.POSITIVE_INFINITY)) break;
    numbered[gap] = { ...numbered[gap]!, db };
  }
  return { gaps: numbered };
}

function isOverfull({ announced, keys }: Run): boolean {
  return announced !== undefined && keys > announced;
}

/** The gap of a run behind which another database begins. */
function hidden(run: Run): number | undefined {
  const { announced, gaps } = run;
  return isOverfull(run) ? gaps.findLast(({ keysBefore }) => keysBefore <= announced!)?.gap : undefined;
}

/** Counts the keys of each database, once, stepping over them. */
class Census extends Splitter {
  readonly runs: Run[] = [];
  private gap = 0;

  constructor(...[source, header, options]: ConstructorParameters<typeof Splitter>) {
    super(source, header, options);
    this.begin();
    while (this.next() !== undefined);
  }

  private begin(): Run {
    const at = this.w.offset();
    const run: Run = { db: this.db, start: at, end: at, announced: undefined, keys: 0, gaps: [] };
    this.runs.push(run);
    return run;
  }

  protected override step(): void {
    const { db, facts } = this;
    const said = facts.databases.get(db);
    const keys = facts.keys;
    this.record();
    let run = this.runs.at(-1)!;
    if (this.db !== db) run = this.begin();
    run.keys += facts.keys - keys;
    run.end = this.w.offset();
    const says = facts.databases.get(this.db);
    if (says === undefined || (this.db === db && says === said)) return;
    // A second announcement: what was counted before it is all there was.
    if (run.announced !== undefined || run.keys > 0)
      run.announced = Math.min(run.keys, run.announced ?? run.keys);
    else run.announced = says.keys;
  }

  protected override passGap(): Chunk {
    const { db } = this;
    const run = this.runs.at(-1)!;
    run.gaps.push({ gap: this.gap++, keysBefore: run.keys });
    const chunk = super.passGap();
    if (this.db !== db) this.begin();
    return chunk;
  }
}
