import fs from "node:fs";
import { copyPage, type LeafPlaces, type PageAllocator } from "./pages.ts";
import { rowPages } from "./row-pages.ts";
import { PAGE_BYTES } from "./schema.ts";

/** Key rows of an inventory that others are added to. */
interface ExistingRows {
  readonly leaves: LeafPlaces;
  /** Pages above the leaves: new ones take their place. */
  readonly interior: readonly number[];
}

/** Finds the leaves of the table of key rows, and the largest id in each. */
export function existingRows(
  fd: number,
  name: string,
  rootPage: number,
  allocator: PageAllocator,
): ExistingRows {
  const leaves: LeafPlaces = { maxIds: [], pages: [], overflow: [] };
  const found = rowPages(fd, name, rootPage);
  const page = new Uint8Array(PAGE_BYTES);
  for (const number of found.leaves) {
    fs.readSync(fd, page, 0, PAGE_BYTES, (number - 1) * PAGE_BYTES);
    const maxId = largestId(page);
    if (maxId === undefined) continue;
    leaves.maxIds.push(maxId);
    leaves.pages.push(number === rootPage ? movedRoot(fd, rootPage, allocator) : number);
  }
  return { leaves, interior: found.interior.filter((number) => number !== rootPage) };
}

function movedRoot(fd: number, rootPage: number, allocator: PageAllocator): number {
  const page = allocator.allocate(1);
  copyPage(fd, rootPage, page);
  return page;
}

const HEADER_BYTES = 8;

/** The id of the last row of a leaf; undefined: it has none. */
function largestId(page: Uint8Array): number | undefined {
  const view = new DataView(page.buffer, page.byteOffset);
  const cells = view.getUint16(3);
  if (cells === 0) return undefined;
  let at = view.getUint16(HEADER_BYTES + (cells - 1) * 2);
  while (page[at]! >= 0x80) at++;
  let id = 0;
  for (let byte = 0x80; byte >= 0x80; ) {
    byte = page[++at]!;
    id = id * 128 + (byte & 0x7f);
  }
  return id;
}
