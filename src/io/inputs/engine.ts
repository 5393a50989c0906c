import type { Transform } from "node:stream";
import type { Pieces } from "./byte-reader.ts";
import { InputDamage, truncated } from "./damage.ts";

/**
 * Passes pieces through a decoder of node:zlib, one at a time: what one piece becomes is held at once. Ends early
 * when the decoder does. `start` is the offset of the first piece.
 * @throws {InputDamage} with the offset of the piece in which it was found
 */
export async function* throughEngine(engine: Transform, pieces: Pieces, start: number): Pieces {
  const out: Uint8Array[] = [];
  let offset = start;
  let ended = false;
  let onEnd = () => {};
  let onError: (error: Error) => void = () => {};
  engine.on("data", (bytes: Uint8Array) => out.push(bytes));
  engine.on("end", () => {
    ended = true;
    onEnd();
  });
  engine.on("error", (error) => onError(error));
  const settled = (begin: (done: () => void) => void) =>
    new Promise<void>((resolve, reject) => {
      onError = (error) => reject(damageOf(error, offset));
      begin(resolve);
    });
  try {
    for await (const piece of pieces) {
      await settled((done) => engine.write(piece, (error) => (error ? onError(error) : done())));
      yield* out.splice(0);
      if (ended) return;
      offset += piece.length;
    }
    await settled((done) => {
      onEnd = done;
      engine.end();
    });
    yield* out.splice(0);
  } finally {
    engine.destroy();
  }
}

function damageOf(error: Error, offset: number): Error {
  const { code = "", message } = error as NodeJS.ErrnoException;
  if (code === "Z_BUF_ERROR") return truncated(offset);
  return /^Z(STD)?_/.test(code) ? new InputDamage(message, offset) : error;
}
