import { FileSource } from "../file-source.ts";

const MARK_BYTES = 40;
const MARK = /^[0-9a-zA-Z]{40}/;
const SNAPSHOT = /^(?:REDIS|VALKEY)\d{3}/;
const COMMANDS = /^(?:\*\d+\r\n\$|#TS:)/;

/** What follows the end of a snapshot: nothing, commands of an AOF, another snapshot, or something unknown. */
export interface Tail {
  readonly kind: "none" | "commands" | "snapshot" | "unknown";
  readonly offset: number;
  readonly bytes: number;
}

/** Looks at the last `trailingBytes` of a bare snapshot. The mark of a diskless dump is nothing. */
export function tailOf(file: string, trailingBytes: number): Tail {
  if (trailingBytes === 0) return { kind: "none", offset: 0, bytes: 0 };
  const source = new FileSource(file);
  try {
    const offset = source.size - trailingBytes;
    const head = Buffer.alloc(MARK_BYTES + 32);
    const text = head.subarray(0, source.read(head, 0, head.length, offset)).toString("latin1");
    const marked = MARK.test(text) && (trailingBytes === MARK_BYTES || COMMANDS.test(text.slice(MARK_BYTES)));
    const skipped = marked ? MARK_BYTES : 0;
    const bytes = trailingBytes - skipped;
    const follows = text.slice(skipped);
    const kind = COMMANDS.test(follows) ? "commands" : SNAPSHOT.test(follows) ? "snapshot" : "unknown";
    return { kind: bytes === 0 ? "none" : kind, offset: offset + skipped, bytes };
  } finally {
    source.close();
  }
}
