import { LAYOUT } from "../../../parsers/visitor.ts";
import { type Bill, type TargetSpec, targetOf, ValueMeter } from "../../memory/index.ts";

const LETTERS = Buffer.alloc(256, "x");
const DIGITS = Buffer.alloc(256, "5");

/** Heap bytes of keys that are not there: a string of some length, or what stands for every value that is apart from its name. */
export class StringSizer {
  private readonly meter: ValueMeter;
  private readonly bill: Bill;
  private walked = "";

  constructor(target: TargetSpec) {
    this.meter = new ValueMeter([targetOf(target)]);
    this.bill = this.meter.bills[0]!;
  }

  /** Of a string of `length` bytes (-1: a value of another type, by which two names can be compared) under a name of `name` bytes. */
  heapBytes(name: number, expires: boolean, length: number, isInteger = false): number {
    this.walk(length, isInteger);
    this.meter.size(name, expires);
    return this.bill.heapBytes;
  }

  private walk(length: number, isInteger: boolean): void {
    const what = `${length} ${isInteger}`;
    if (what === this.walked) return;
    this.walked = what;
    const { meter } = this;
    if (length >= 0) {
      meter.begin(LAYOUT.string, -1);
      meter.text(length, isInteger ? DIGITS : LETTERS, 0);
    } else {
      meter.begin(LAYOUT.hash, 1);
      meter.text(1, LETTERS, 0);
      meter.text(1, LETTERS, 0);
    }
    meter.end();
  }
}
