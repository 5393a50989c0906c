import { copyPage, type LeafPlaces, LOCK_PAGE, type PageAllocator } from "./pages.ts";

/** Pages that nothing uses, and the places that changed. */
interface Filled {
  readonly free: readonly number[];
  readonly moved: ReadonlySet<LeafPlaces>;
}

/**
 * Fills pages that nobody uses, as those of snapshots that failed in the middle, with the last leaves of the file, which gets
 * shorter by that: `places` are changed, the pages that leaves came from are not. `first`: the first page that may hold rows.
 * Pages of rows too long for a leaf stay where they are; what is left between them is `free`.
 */
export function fillHoles(
  fd: number,
  places: readonly LeafPlaces[],
  first: number,
  allocator: PageAllocator,
): Filled {
  const end = allocator.next;
  const taken = new Uint8Array(Math.max(0, end - first));
  if (first <= LOCK_PAGE && LOCK_PAGE < end) taken[LOCK_PAGE - first] = 1;
  const [owner, index] = [new Int32Array(taken.length).fill(-1), new Int32Array(taken.length)];
  for (const [number, { pages, overflow }] of places.entries()) {
    for (const page of overflow) taken[page - first] = 1;
    for (const [i, page] of pages.entries()) {
      taken[page - first] = 1;
      owner[page - first] = number;
      index[page - first] = i;
    }
  }
  const moved = new Set<LeafPlaces>();
  let hole = 0;
  for (let last = taken.length - 1; ; last--) {
    while (last >= 0 && owner[last]! < 0) last--;
    while (hole < last && taken[hole] === 1) hole++;
    if (hole >= last) break;
    copyPage(fd, first + last, first + hole);
    const own = places[owner[last]!]!;
    own.pages[index[last]!] = first + hole;
    moved.add(own);
    taken[hole] = 1;
    taken[last] = 0;
  }
  let used = taken.length;
  while (used > 0 && taken[used - 1] === 0) used--;
  allocator.next = first + used;
  const free: number[] = [];
  for (let i = 0; i < used; i++) if (taken[i] === 0) free.push(first + i);
  return { free, moved };
}
