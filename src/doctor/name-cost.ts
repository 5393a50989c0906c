import { LAYOUT } from "../../parsers/visitor.ts";
import { type Bill, type Target, targetOf, ValueMeter } from "../memory/index.ts";
import { specOfStored } from "../pipeline/target-choice.ts";
import type { SnapshotRow } from "../queries/snapshots.ts";

/** Strings that stand in their object, and that do not. */
const PROBE_BYTES = [20, 200];
const PROBE = Buffer.alloc(Math.max(...PROBE_BYTES), "x");

interface NameSaving {
  readonly bytes: number;
  readonly heapBytes: number;
}

/**
 * What keys save whose names become shorter by `cut` bytes: by their lengths, and how many have each. Undefined on servers
 * where that depends on their values, because the name stands in the value's object.
 */
export function nameSaving(
  snapshot: SnapshotRow,
  lengths: Iterable<{ readonly length: number; readonly keys: number }>,
  cut: number,
): NameSaving | undefined {
  const target = targetOf(specOfStored(snapshot, {}));
  const probes = PROBE_BYTES.map((bytes) => new Probe(target, bytes));
  const saved = { bytes: 0, heapBytes: 0 };
  for (const { length, keys } of lengths) {
    const [first, ...others] = probes.map((probe) => probe.difference(length, length - cut)) as [NameSaving];
    if (others.some(({ bytes, heapBytes }) => bytes !== first.bytes || heapBytes !== first.heapBytes))
      return undefined;
    saved.bytes += keys * first.bytes;
    saved.heapBytes += keys * first.heapBytes;
  }
  return saved;
}

/** A string of some length under names of any length. */
class Probe {
  private readonly meter: ValueMeter;
  private readonly bill: Bill;

  constructor(target: Target, bytes: number) {
    this.meter = new ValueMeter([target]);
    this.bill = this.meter.bills[0]!;
    this.meter.begin(LAYOUT.string, -1);
    this.meter.text(bytes, PROBE, 0);
    this.meter.end();
  }

  difference(from: number, to: number): NameSaving {
    const { bill, meter } = this;
    meter.size(from, false);
    const { bytes, heapBytes } = bill;
    meter.size(to, false);
    return { bytes: bytes - bill.bytes, heapBytes: heapBytes - bill.heapBytes };
  }
}
