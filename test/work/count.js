// Loaded into every thread of the program under test: notes each message that is posted, each SQL statement that is run, each
// call that reads or writes a file, and in the end how many bytes the process read and wrote.
import fs from "node:fs";
import { isMainThread, MessagePort } from "node:worker_threads";
import Database from "better-sqlite3";

let isNoting = false;

function note(what) {
  if (isNoting) return;
  isNoting = true;
  fs.appendFileSync(process.env.RDBSCOPE_COUNTS, `${what}\n`);
  isNoting = false;
}

function counted(prototype, method, what) {
  const plain = prototype[method];
  prototype[method] = function (...args) {
    note(what);
    return plain.apply(this, args);
  };
}

const db = new Database(":memory:");
const statement = Object.getPrototypeOf(db.prepare("SELECT 1"));
for (const method of ["run", "get", "all", "iterate"]) counted(statement, method, "statement");
db.close();
counted(fs, "readSync", "reading");
counted(fs, "writeSync", "writing");
counted(MessagePort.prototype, "postMessage", "message");
if (isMainThread)
  process.on("exit", () => fs.appendFileSync(process.env.RDBSCOPE_COUNTS, fs.readFileSync("/proc/self/io")));
