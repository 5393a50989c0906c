import { DirtyBuckets, SumAdder } from "../src/diff/bucket-sums.ts";
import { Join } from "../src/diff/join.ts";
import { RowHash } from "../src/diff/row-hash.ts";
import { SideReader, type SideRows } from "../src/diff/rows.ts";
import { Spill, type SpilledBlock, SpilledRows } from "../src/diff/spill.ts";
import { type DiffTally, Tally } from "../src/diff/tally.ts";
import { toErrorRecord } from "../src/errors.ts";
import { began } from "./began.ts";
import type { Answer, DiffJoinTask, DiffSpillTask, DiffSumTask, DiffTask } from "./protocol.ts";

/** Does its share of one step of a diff: whoever is ready takes the next unit of rows, or the next partition. */
export default function diff(task: DiffTask): Answer<unknown> {
  began();
  try {
    if (task.step === "sum") return { value: sum(task) };
    return { value: task.step === "spill" ? spill(task) : join(task) };
  } catch (error) {
    return { error: toErrorRecord(error) };
  }
}

/** Adds up hashes of rows. */
function sum({ sides, sums, key, next }: DiffSumTask): null {
  const adder = new SumAdder(sums, key);
  eachUnit(sides, next, (reader, side) => {
    const sign = side === 0 ? 1 : -1;
    return () => adder.add(reader, sign);
  });
  adder.flush();
  return null;
}

/** Writes the rows of buckets that differ. */
function spill({ sides, dirty, key, next, file }: DiffSpillTask): readonly SpilledBlock[] {
  const buckets = new DirtyBuckets(dirty);
  const hash = new RowHash(key);
  const out = new Spill(file);
  eachUnit(sides, next, (reader, side) => {
    const { row } = reader;
    return () => {
      const word = hash.name(row.view, row.keyStart, row.keyBytes, row.db);
      if (buckets.has(word)) out.add(side, row, reader.kind, reader.pattern, word, hash.nameAgain());
    };
  });
  out.flush();
  return out.blocks;
}

/** Joins partitions. */
function join({ file, blocks, next, tally: options }: DiffJoinTask): DiffTally {
  const [old, now] = [new SpilledRows(), new SpilledRows()];
  const tally = new Tally(old, now, options);
  const joined = new Join(old, now, tally);
  for (;;) {
    const partition = Atomics.add(new Int32Array(next), 0, 1);
    if (partition >= file.partitions) return tally.export();
    const own = blocks.filter((block) => block.partition === partition);
    old.load(
      file.fd,
      own.filter(({ side }) => side === 0),
    );
    now.load(
      file.fd,
      own.filter(({ side }) => side === 1),
    );
    joined.run();
  }
}

function eachUnit(
  sides: readonly [SideRows, SideRows],
  next: SharedArrayBuffer,
  taker: (reader: SideReader, side: 0 | 1) => () => void,
): void {
  const readers = sides.map((side) => new SideReader(side));
  const takers = readers.map((reader, side) => taker(reader, side as 0 | 1));
  const first = SideReader.units(sides[0]);
  const all = first + SideReader.units(sides[1]);
  for (;;) {
    const unit = Atomics.add(new Int32Array(next), 0, 1);
    if (unit >= all) return;
    const side = unit < first ? 0 : 1;
    readers[side]!.each(unit - side * first, takers[side]!);
  }
}
