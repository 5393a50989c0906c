import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { IoError, UsageError } from "../../src/errors.ts";
import { FileSource } from "../../src/io/file-source.ts";
import { fingerprint } from "../../src/io/fingerprint.ts";
import { tempName } from "../../src/io/leftovers.ts";
import { TempFile } from "../../src/io/temp-file.ts";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-io-"));
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));
const newFolder = () => fs.mkdtempSync(path.join(root, "f-"));

function fileOf(bytes: Uint8Array): string {
  const name = path.join(newFolder(), "x");
  fs.writeFileSync(name, bytes);
  return name;
}

describe("FileSource", () => {
  it("reads at any offset, and nothing behind the end", () => {
    const source = new FileSource(fileOf(Buffer.from("0123456789")));
    const target = Buffer.alloc(6, ".");
    expect(source.size).toBe(10);
    expect([source.read(target, 1, 3, 4), target.toString()]).toEqual([3, ".456.."]);
    expect([source.read(target, 0, 6, 8), target.toString()]).toEqual([2, "8956.."]);
    expect(source.read(target, 0, 6, 10)).toBe(0);
    source.close();
  });

  it("of what is no file is refused, without a descriptor left open", () => {
    const open = () => fs.readdirSync("/proc/self/fd").length;
    const before = fs.existsSync("/proc/self/fd") ? open() : 0;
    for (let i = 0; i < 20; i++) expect(() => new FileSource(root)).toThrow(IoError);
    if (before > 0) expect(open()).toBeLessThan(before + 10);
    expect(() => new FileSource(path.join(root, "missing"))).toThrow(/cannot open .*missing: no such file/);
  });
});

describe("a fingerprint", () => {
  const of = (bytes: Buffer) => {
    const source = new FileSource(fileOf(bytes));
    try {
      return fingerprint(source);
    } finally {
      source.close();
    }
  };
  const bytes = Buffer.alloc(300_000, "abc");

  it("is of the content, not of the name", () => expect(of(bytes)).toBe(of(Buffer.from(bytes))));

  it.each([0, 299_999])("changes with byte %d", (at) => {
    const other = Buffer.from(bytes);
    other[at]! ^= 1;
    expect(of(other)).not.toBe(of(bytes));
  });

  it("changes with the size", () => {
    expect(of(Buffer.alloc(200_000))).not.toBe(of(Buffer.alloc(200_001)));
    expect(of(Buffer.alloc(0))).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe("TempFile", () => {
  it("becomes the target when published, and is gone when discarded", () => {
    const folder = newFolder();
    const target = path.join(folder, "out");
    const temp = new TempFile(target, false);
    fs.writeFileSync(temp.path, "whole");
    expect(fs.existsSync(target)).toBe(false);
    temp.publish();
    temp.discard();
    expect([fs.readdirSync(folder), fs.readFileSync(target, "utf8")]).toEqual([["out"], "whole"]);
    const other = new TempFile(path.join(folder, "other"), false);
    fs.writeFileSync(`${other.path}-journal`, "");
    other.discard();
    expect(fs.readdirSync(folder)).toEqual(["out"]);
  });

  it("does not replace what appeared meanwhile, unless forced", () => {
    const target = path.join(newFolder(), "out");
    const temp = new TempFile(target, false);
    fs.writeFileSync(target, "another's");
    expect(() => temp.publish()).toThrow(UsageError);
    temp.discard();
    expect(fs.readFileSync(target, "utf8")).toBe("another's");
    const forced = new TempFile(target, true);
    forced.publish();
    expect(fs.readFileSync(target, "utf8")).toBe("");
  });

  it("of a process that ended is removed by the next, that of a living one is not", () => {
    const folder = newFolder();
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    const living = tempName("out", process.ppid);
    for (const name of [
      tempName("out", pid),
      tempName("out-journal", pid),
      living,
      "rdbscope-1-a",
      ".rdbscope-x",
    ]) {
      fs.writeFileSync(path.join(folder, name), "");
    }
    new TempFile(path.join(folder, "out"), false).discard();
    expect(fs.readdirSync(folder).sort()).toEqual([living, ".rdbscope-x", "rdbscope-1-a"].sort());
  });

  it("cannot be in a folder that is not there", () => {
    expect(() => new TempFile(path.join(root, "no", "out"), false)).toThrow(IoError);
  });
});
