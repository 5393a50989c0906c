import { ItemisedBill } from "../../src/memory/bill.ts";
import type { SizedKey } from "./walk.ts";

/**
 * What is wrong with the lines of a key's bill; undefined when they sum to its `bytes` and `heapBytes`, are whole
 * numbers, take nothing from the heap, and say what they are and which server function they follow.
 */
export function addUpFault({ bill, bytes, heapBytes }: SizedKey): string | undefined {
  if (!(bill instanceof ItemisedBill)) return "the bill is not itemised";
  let sum = 0;
  let heapSum = 0;
  for (const { part, count, bytes: line, heapBytes: heap } of bill.lines) {
    sum += line;
    heapSum += heap;
    const whole = Number.isInteger(count) && Number.isInteger(line) && Number.isInteger(heap);
    if (!whole) return `${part.name}: ${count}, ${line}, ${heap} are not whole`;
    if (heap < 0) return `${part.name} takes ${heap} bytes of the heap`;
    if (part.name === "" || part.source === "") return `a line of "${part.name}" says no source`;
  }
  if (sum !== bytes) return `the lines add up to ${sum} bytes, not ${bytes}`;
  if (heapSum !== heapBytes) return `the lines add up to ${heapSum} bytes of the heap, not ${heapBytes}`;
  return undefined;
}
