import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { readConfigFile, setLast } from "../../src/cli/config-file.ts";
import { IoError, UsageError } from "../../src/errors.ts";
import { parseSettings } from "../../src/memory/index.ts";
import { withFolder } from "../queries/small-inventory.ts";

const read = (text: string) =>
  withFolder((folder) => {
    const file = path.join(folder, "redis.conf");
    fs.writeFileSync(file, text);
    return readConfigFile(file);
  });

describe("a redis.conf", () => {
  test("gives the directives that change what keys take, and no others", async () => {
    const text = [
      "# hash-max-listpack-entries 1",
      "",
      "maxclients 100",
      'requirepass "with # and spaces"',
      "  Hash-Max-Listpack-Entries   64  ",
      "set-max-intset-entries '128'",
      "cluster-enabled yes\r",
    ].join("\n");
    expect(await read(text)).toEqual({
      "hash-max-listpack-entries": "64",
      "set-max-intset-entries": "128",
      "cluster-enabled": "yes",
    });
  });

  test("has the later of two lines count, in whatever spelling", async () => {
    const settings = await read(
      "hash-max-listpack-entries 1\nhash-max-ziplist-entries 2\nhash-max-listpack-entries 3\n",
    );
    expect(parseSettings(settings)).toEqual({ hashMaxListpackEntries: 3 });
    setLast(settings, "hash-max-ziplist-entries", "4");
    expect(parseSettings(settings)).toEqual({ hashMaxListpackEntries: 4 });
  });

  test.each([
    ["include other.conf\n", /redis\.conf, line 1: include is not followed/],
    ['\nsave "900\n', /line 2: quotes do not match/],
    ["hash-max-listpack-entries lots\n", /line 1: hash-max-listpack-entries: "lots" is not a whole number/],
    ["hash-max-listpack-entries 1 2\n", /line 1: hash-max-listpack-entries takes one value/],
    ["list-max-listpack-size all\n", /list-max-listpack-size: "all" is not -1 to -5/],
    ["maxmemory 1tb\n", /maxmemory: "1tb" is not a number of bytes such as 64, 4kb or 100mb/],
  ])("is refused by line: %j", async (text, message) => {
    await expect(read(text)).rejects.toThrow(UsageError);
    await expect(read(text)).rejects.toThrow(message);
  });

  test("has sizes in units, and tells of names that are almost right", () =>
    withFolder((folder) => {
      const file = path.join(folder, "redis.conf");
      fs.writeFileSync(
        file,
        "hash-max-listpack-value 1k\nzset-max-ziplist-value 4KB\nset-max-intset-entires 3\n",
      );
      const told: string[] = [];
      const settings = readConfigFile(file, (message) => told.push(message));
      expect(parseSettings(settings)).toEqual({ hashMaxListpackValue: 1000, zsetMaxListpackValue: 4096 });
      expect(told).toEqual([
        `${file}, line 3: set-max-intset-entires is passed over: did you mean set-max-intset-entries?`,
      ]);
    }));

  test("that is not there is told as such", () => {
    expect(() => readConfigFile("/nowhere/redis.conf")).toThrow(IoError);
  });
});
