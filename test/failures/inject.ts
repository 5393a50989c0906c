/**
 * Lets one call of `node:fs` go wrong, in the CLI and its threads: loaded by `--import`, which threads inherit.
 * RDBSCOPE_INJECT is `WHERE FUNCTION NTH HOW`: the nth call of that function made in `main`, or by the worker `split`, `read` or
 * `finish`, throws a system error (its code), or does one of `HOW`.
 */
import fs from "node:fs";
import os from "node:os";
import { isMainThread } from "node:worker_threads";

type AnyFunction = (...args: unknown[]) => unknown;

const [where = "", name = "", nth = "", how = ""] = (process.env.RDBSCOPE_INJECT ?? "").split(" ");

/** Long enough for the other threads to hear of it. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
}

function interrupt(times: number): void {
  for (let i = 0; i < times; i++) {
    process.kill(process.pid, "SIGINT");
    if (!isMainThread) pause();
  }
}

const HOW: Readonly<Record<string, () => void>> = {
  exit: () => process.exit(7),
  uncaught() {
    setImmediate(() => {
      throw new Error("injected");
    });
  },
  bug() {
    throw new TypeError("injected");
  },
  memory() {
    for (const hoard: number[][] = []; ; ) hoard.push(new Array(100_000).fill(hoard.length));
  },
  buffer() {
    throw new RangeError("Array buffer allocation failed");
  },
  interrupt: () => interrupt(1),
  "interrupt-twice": () => interrupt(2),
};

function systemError(code: keyof typeof os.constants.errno): Error {
  const error = new Error(`${code}: injected, ${name}`);
  return Object.assign(error, { code, errno: -os.constants.errno[code], syscall: name });
}

function isHere(): boolean {
  if (where === "main") return isMainThread;
  return !isMainThread && new RegExp(`workers[\\\\/]${where}\\.`).test(new Error().stack ?? "");
}

function inject(): void {
  Error.stackTraceLimit = 50;
  const target = fs as unknown as Record<string, AnyFunction>;
  const original = target[name]!;
  let calls = 0;
  target[name] = (...args) => {
    if (isHere() && ++calls === Number(nth)) {
      const happen = HOW[how];
      if (happen === undefined) throw systemError(how as keyof typeof os.constants.errno);
      happen();
    }
    return original.apply(fs, args);
  };
}

if (name !== "") inject();
