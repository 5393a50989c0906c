import { QuicklistNodes } from "../quicklist.ts";
import { prevlenBytes, ZIPLIST_EMPTY_BYTES } from "./ziplist.ts";

/** sizeof(quicklistLZF), quicklist.h, Redis 6.2.16. */
const QUICKLIST_LZF_BYTES = 4;

/**
 * The nodes of one list whose server keeps each as a ziplist; `push` takes an entry's bytes
 * without the previous entry's length. Mirrors quicklistPushTail() and
 * _quicklistNodeAllowInsert(), quicklist.c, Redis 6.2.16. Exact.
 */
export class ZiplistNodes extends QuicklistNodes {
  protected override readonly lzfBytes = QUICKLIST_LZF_BYTES;
  protected override readonly lzfCounted = 0;
  private previous = 0;

  override push(bytes: number, zipBytes: number): void {
    if (
      !this.open ||
      this.lastBytes + bytes + entryOverhead(bytes) > this.bytesLimit ||
      this.lastEntries + 1 > this.entriesLimit
    ) {
      this.close();
      this.nodes++;
      this.lastBytes = ZIPLIST_EMPTY_BYTES;
      this.lastEntries = 0;
      this.previous = 0;
      this.open = true;
    }
    const entry = zipBytes + prevlenBytes(this.previous);
    this.previous = entry;
    this.lastBytes += entry;
    this.lastEntries++;
  }
}

/**
 * What the server reckons an entry takes besides its bytes: by its own
 * length, though the previous one's decides.
 */
function entryOverhead(bytes: number): number {
  return (bytes < 254 ? 1 : 5) + (bytes < 64 ? 1 : bytes < 16384 ? 2 : 5);
}
