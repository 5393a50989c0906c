import { Slot } from "./slot.ts";

const ID_BYTES = 16;
const ENTRY_BYTES = 32;

/** The pending entries of one consumer group, as a consumer's ids ask for them: 32 bytes each. */
export class PendingEntries {
  /** Id, time of delivery, deliveries; in the order of ids, as servers write them. */
  private readonly entries = new Slot();
  private readonly entry = Buffer.alloc(ENTRY_BYTES);
  private sorted = true;

  clear(): void {
    this.entries.length = 0;
    this.sorted = true;
  }

  add(id: Uint8Array, start: number, deliveredAt: bigint, deliveries: bigint): void {
    const { entry, entries } = this;
    entry.set(id.subarray(start, start + ID_BYTES));
    entry.writeBigInt64LE(deliveredAt, 16);
    entry.writeBigUInt64LE(deliveries, 24);
    if (entries.length > 0 && this.compare(entries.length - ENTRY_BYTES, id, start) > 0) this.sorted = false;
    entries.add(entry, 0, ENTRY_BYTES);
  }

  /** When an id was delivered last, and how often; undefined when it is not pending. */
  find(id: Uint8Array, start: number): { deliveredAt: bigint; deliveries: bigint } | undefined {
    if (!this.sorted) this.sort();
    let low = 0;
    let high = this.entries.length / ENTRY_BYTES;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.compare(middle * ENTRY_BYTES, id, start) < 0) low = middle + 1;
      else high = middle;
    }
    const at = low * ENTRY_BYTES;
    if (at >= this.entries.length || this.compare(at, id, start) !== 0) return undefined;
    const { bytes } = this.entries;
    return { deliveredAt: bytes.readBigInt64LE(at + 16), deliveries: bytes.readBigUInt64LE(at + 24) };
  }

  private compare(at: number, id: Uint8Array, start: number): number {
    return this.entries.bytes.compare(id, start, start + ID_BYTES, at, at + ID_BYTES);
  }

  private sort(): void {
    const { bytes, length } = this.entries;
    const all = Array.from({ length: length / ENTRY_BYTES }, (_, i) =>
      Buffer.from(bytes.subarray(i * ENTRY_BYTES, (i + 1) * ENTRY_BYTES)),
    );
    all.sort((a, b) => a.compare(b, 0, ID_BYTES, 0, ID_BYTES));
    for (const [i, entry] of all.entries()) bytes.set(entry, i * ENTRY_BYTES);
    this.sorted = true;
  }
}
