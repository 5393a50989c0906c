import type { RdbHeader } from "../header.ts";
import { type ByteRange, type Chunk, Splitter } from "../splitter.ts";
import type { ByteSource } from "../window.ts";

const SIZES = { windowBytes: 2 ** 18, chunkBytes: 2 ** 22 };

/** Keys that follow each other in one database, as far as can be read. */
interface Run {
  readonly db: number;
  /** What RESIZEDB says of the database. */
  announced: number | undefined;
  keys: number;
  /** Gaps in it, and how many of the keys stand before each. */
  readonly gaps: { readonly gap: number; readonly keysBefore: number }[];
}

/**
 * Finds gaps that swallowed the number of a database: where more keys follow than RESIZEDB announced, or another RESIZEDB
 * without a SELECTDB, a gap hides it. What follows is then taken to be of the next database: servers write them in
 * order, and leave out empty ones only.
 */
export function withDatabases<G extends ByteRange>(
  source: ByteSource,
  header: RdbHeader,
  gaps: readonly G[],
): G[] {
  const numbered = [...gaps];
  for (;;) {
    const { runs } = new Census(source, header, { ...SIZES, gaps: numbered });
    const at = runs.findIndex((run) => hidden(run) !== undefined);
    if (at < 0) return numbered;
    const gap = hidden(runs[at]!)!;
    const db = runs[at]!.db + 1;
    if (numbered[gap]!.db !== undefined || db >= (runs[at + 1]?.db ?? Number.POSITIVE_INFINITY))
      return numbered;
    numbered[gap] = { ...numbered[gap]!, db };
  }
}

/** The gap of a run behind which another database begins. */
function hidden({ announced, keys, gaps }: Run): number | undefined {
  if (announced === undefined || keys <= announced) return undefined;
  return gaps.findLast(({ keysBefore }) => keysBefore <= announced)?.gap;
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
    const run: Run = { db: this.db, announced: undefined, keys: 0, gaps: [] };
    this.runs.push(run);
    return run;
  }

  protected override record(): void {
    const { db, facts } = this;
    const said = facts.databases.get(db);
    const keys = facts.keys;
    super.record();
    let run = this.runs.at(-1)!;
    if (this.db !== db) run = this.begin();
    run.keys += facts.keys - keys;
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
