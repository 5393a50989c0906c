import * as z from "zod";
import type { ExplainTask } from "../query-process/protocol.ts";
import type { Explained } from "./shapes.ts";
import type { Room, Work } from "./work.ts";

/** A hundred places of a key, and each its parts. */
const ROOM: Room = { lines: 1, bytes: 16 * 1024 ** 2 };

const number = z.coerce.number().int().nonnegative();
/** Which key: by its place, which is exact whatever its name is, or by a name that somebody typed. */
export const WANTED_KEY = z.union(
  [
    z.object({ snapshot: number, offset: number }),
    z.object({ key: z.string().min(1).max(8192), db: number.optional() }),
  ],
  "a key is wanted, or snapshot and offset",
);

/** Tells where the bytes of a key go. */
export async function explainKey(
  work: Work,
  asked: ExplainTask["explain"],
  signal: AbortSignal,
): Promise<Explained> {
  const { text, notes } = await work.ask({ explain: asked }, ROOM, signal);
  return { found: JSON.parse(text), notes };
}
