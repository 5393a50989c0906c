import fs from "node:fs";
import type { KeyAnswer } from "../../fixtures/recorder/answers.ts";
import { readTsv } from "../gates/shared.ts";

const FILE = new URL("../../fixtures/sample.truth.tsv", import.meta.url);

/** What the redis 7.2.6 that saved the sample answered of each key (fixtures/README.md). */
export const SAMPLE_TRUTH: readonly KeyAnswer[] = readTsv(fs.readFileSync(FILE, "utf8")).map((row) => ({
  db: Number(row.db),
  key: Buffer.from(row.key_base64!, "base64"),
  type: row.type!,
  encoding: row.object_encoding!,
  length: Number(row.length),
  bytes: Number(row.memory_usage),
  expiresAt: Number(row.pexpiretime_ms),
}));
