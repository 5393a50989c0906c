/** A snapshot that needs not be read, because somebody did. */
export interface KnownFile {
  readonly id: number;
  readonly path: string;
  /** Of the bare snapshot, and of the file as it was given; null for what cannot be read twice. */
  readonly fingerprint: string;
  readonly file_fingerprint: string | null;
}

/** What is known already of the files that are given: each is claimed by one file at most. */
export class Claims {
  private readonly unclaimed: KnownFile[];

  constructor(known: readonly KnownFile[]) {
    this.unclaimed = [...known];
  }

  /** Those that no file is. */
  get left(): readonly KnownFile[] {
    return this.unclaimed;
  }

  /** Which of these files are known, by their fingerprints as given; those under the same path first. */
  files(given: readonly { readonly name: string; readonly fileFingerprint: string | null }[]): Set<number> {
    const found = new Set<number>();
    for (const byPath of [true, false]) {
      for (const [i, { name, fileFingerprint }] of given.entries()) {
        if (found.has(i) || fileFingerprint === null) continue;
        const is = (one: KnownFile) =>
          one.file_fingerprint === fileFingerprint && (!byPath || one.path === name);
        if (this.claim(is)) found.add(i);
      }
    }
    return found;
  }

  /** Whether a snapshot is known, by what it is when it is unpacked. */
  snapshot(fingerprint: string): boolean {
    return this.claim((one) => one.fingerprint === fingerprint);
  }

  /** Forgets one that is not what it was. */
  drop(known: KnownFile): void {
    this.claim((one) => one === known);
  }

  private claim(is: (one: KnownFile) => boolean): boolean {
    const at = this.unclaimed.findIndex(is);
    if (at >= 0) this.unclaimed.splice(at, 1);
    return at >= 0;
  }
}
