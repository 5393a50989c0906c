import fs from "node:fs";
import path from "node:path";
import * as z from "zod";
import { IoError, reasonOf } from "../errors.ts";
import { folderOf } from "./partition.ts";
import { DATASET_VERSION, TABLE_NAMES } from "./tables.ts";

/** Stands in a partition of `keys`, and makes it complete: it is written last. Engines pass over names that begin so. */
export const MANIFEST_NAME = "_manifest.json";

/** Files of a partition's tables. */
export const PART_NAME = /^part-\d{5}\.parquet$/;

const count = z.int().nonnegative();
const json = z.record(z.string(), z.unknown());

/** What stands in a manifest. */
export const MANIFEST = z
  .strictObject({
    dataset_version: z.literal(DATASET_VERSION).describe("Version of tables and columns."),
    tool_version: z.string().describe("rdbscope that analyzed the snapshot."),
    cluster: z.string(),
    date: z.iso.date(),
    node: z.string(),
    snapshot: z
      .strictObject({
        path: z.string().describe("File as it was given."),
        fingerprint: z.string().describe("Of its size, beginning and end."),
        file_bytes: count.describe("Size of the bare snapshot."),
        magic: z.string(),
        created_at: z.iso.datetime(),
        checksum: z.enum(["ok", "absent", "mismatch", "unread"]),
      })
      .describe("The file that the rows are of."),
    input_fingerprint: z
      .string()
      .nullable()
      .describe(
        "Of the file that was given, which may be compressed; null: it has none, or `export` made the partition.",
      ),
    request: z
      .string()
      .nullable()
      .describe(
        "A hash of all that `analyze` was asked for: --resume compares it; null: `export` made the partition.",
      ),
    profile: z.string().describe("Server whose memory model gave the sizes."),
    profile_exact: z.boolean(),
    profile_measured: z.boolean(),
    allocator: z.string(),
    settings: json.describe("All settings used, named after the server's directives."),
    filters: json.describe("Filters given to `analyze`; {}: all keys."),
    pattern_settings: json,
    keys: count.describe("Keys read and counted; of a sample an estimate."),
    stored_rows: count.describe("Rows of the table `keys`; 0 with --keys none."),
    complete: z.boolean().describe("False: the snapshot is damaged, and was read as far as possible."),
    hashed_names: z
      .string()
      .nullable()
      .describe("Null: names are as they are. Else which secret they are hashed with."),
    sample_share: z.number().nullable().describe("Null: every record was read."),
    files: z
      .array(
        z.strictObject({
          table: z.enum(TABLE_NAMES),
          path: z.string().describe("From the dataset's folder on."),
          rows: count,
          bytes: count,
          sha256: z.string().regex(/^[0-9a-f]{64}$/),
        }),
      )
      .describe("Every file of the partition, in the three tables."),
  })
  .describe("A partition of a dataset of rdbscope: complete when this is there.");

export type Manifest = z.infer<typeof MANIFEST>;

/** Writes a manifest, and syncs it. */
export function writeManifest(file: string, manifest: Manifest): void {
  const fd = fs.openSync(file, "wx");
  try {
    fs.writeFileSync(fd, `${JSON.stringify(MANIFEST.parse(manifest), null, 2)}\n`);
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** The manifest of a complete partition: it is of this one, and all its files are there, as long as they were. Undefined: it is not complete. */
export function completeManifest(root: string, folder: string): Manifest | undefined {
  const found = lookAtPartition(root, folder);
  return "fault" in found ? undefined : found;
}

/**
 * The manifest of a partition, or why that is not complete, in a few words. It may have been written by anybody: it names files of
 * its partition, or is none.
 */
export function lookAtPartition(root: string, folder: string): Manifest | { readonly fault: string } {
  const file = path.join(root, folder, MANIFEST_NAME);
  let text: string;
  try {
    text = fs.readFileSync(file, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return { fault: `it has no ${MANIFEST_NAME}` };
    throw new IoError(`cannot read ${file}: ${reasonOf(cause)}`, { cause });
  }
  const content = parseOrNone(text);
  const parsed = MANIFEST.safeParse(content);
  if (!parsed.success) return { fault: `its ${MANIFEST_NAME} ${wrongIn(content, parsed.error)}` };
  const own = folderOf("keys", parsed.data);
  if (own !== folder) return { fault: `its ${MANIFEST_NAME} is that of ${own}` };
  for (const { table, path: name, bytes } of parsed.data.files) {
    if (
      path.posix.dirname(name) !== folderOf(table, parsed.data) ||
      !PART_NAME.test(path.posix.basename(name))
    )
      return { fault: `its ${MANIFEST_NAME} names ${name}, which is no file of it` };
    const size = fs.statSync(path.join(root, name), { throwIfNoEntry: false })?.size;
    if (size === undefined) return { fault: `${name} is not there` };
    if (size !== bytes) return { fault: `${name} has ${size} bytes, not ${bytes}` };
  }
  return parsed.data;
}

/** What is wrong with a manifest. */
function wrongIn(content: unknown, { issues }: z.ZodError): string {
  if (content === undefined) return "is no JSON: it is cut off, or something else";
  const { dataset_version: version } = (content ?? {}) as Partial<Manifest>;
  if (typeof version === "number" && version !== DATASET_VERSION)
    return `is of version ${version} of datasets: this rdbscope reads version ${DATASET_VERSION}`;
  const member = issues[0]!.path.join(".");
  return `is not as it was written${member === "" ? "" : `: its ${member} is missing or wrong`}`;
}

function parseOrNone(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
