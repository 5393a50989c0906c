/**
 * Lets one call of `node:fs` go wrong, in the CLI and its threads: loaded by `--import`, which threads inherit
 * (JavaScript, as threads of Node 20 import nothing else so early).
 * RDBSCOPE_INJECT is `WHERE FUNCTION NTH HOW`: the nth call of that function made in `main`, or by the worker `split`, `read` or
 * `finish`, throws a system error (its code), or does one of `HOW`.
 */
import fs from "node:fs";
import os from "node:os";
import { isMainThread } from "node:worker_threads";

const [where = "", name = "", nth = "", how = ""] = (process.env.RDBSCOPE_INJECT ?? "").split(" ");

/** Long enough for the other threads to hear of it. */
function pause() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
}

function interrupt(times) {
  for (let i = 0; i < times; i++) {
    process.kill(process.pid, "SIGINT");
    if (!isMainThread) pause();
  }
}

const HOW = {
  exit: () => process.exit(7),
  uncaught() {
    queueMicrotask(() => {
      throw new Error("injected");
    });
  },
  bug() {
    throw new TypeError("injected");
  },
  memory() {
    for (const hoard = []; ; ) hoard.push(new Array(100_000).fill(hoard.length));
  },
  interrupt: () => interrupt(1),
  "interrupt-twice": () => interrupt(2),
};

function systemError(code) {
  const error = new Error(`${code}: injected, ${name}`);
  return Object.assign(error, { code, errno: -os.constants.errno[code], syscall: name });
}

function isHere() {
  if (where === "main") return isMainThread;
  return !isMainThread && new RegExp(`workers[\\\\/]${where}\\.`).test(new Error().stack ?? "");
}

function inject() {
  Error.stackTraceLimit = 50;
  const original = fs[name];
  let calls = 0;
  fs[name] = (...args) => {
    if (isHere() && ++calls === Number(nth)) {
      const happen = HOW[how];
      if (happen === undefined) throw systemError(how);
      happen();
    }
    return original.apply(fs, args);
  };
}

if (name !== "") inject();
