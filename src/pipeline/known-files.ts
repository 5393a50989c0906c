import type { FailedFile } from "../../workers/protocol.ts";
import { UsageError } from "../errors.ts";
import { checkExtensible } from "../inventory/gather.ts";
import { FIRST_MODULE_KIND } from "../inventory/module-kinds.ts";
import { type Inventory, openInventory } from "../inventory/open.ts";
import type { AnalyzeOptions } from "./analyze.ts";
import type { KnownFile } from "./claims.ts";
import type { StoredNames } from "./names.ts";
import { checkChoice } from "./target-choice.ts";

/** An inventory that others are added to. */
export interface ExistingInventory {
  readonly snapshots: readonly KnownFile[];
  readonly failed: readonly FailedFile[];
  /** Kinds of modules that it has. */
  readonly modules: number;
}

interface Row extends KnownFile {
  readonly keys: number;
  readonly stored_rows: number;
  readonly filters: string;
  readonly pattern_settings: string;
  readonly hashed_names: string | null;
  readonly sample_share: number | null;
  readonly sample_seed: number | null;
  readonly profile: string;
  readonly allocator: string;
  readonly settings: string;
}

const SQL = `SELECT s.*, s.snapshot AS id, n.file_fingerprint AS file_fingerprint FROM snapshots s
  LEFT JOIN node_rows n ON n.snapshot = s.snapshot ORDER BY s.snapshot`;
const FAILED_SQL = `SELECT snapshot AS id, path, code, byte_offset AS "offset", message FROM failed_files ORDER BY snapshot`;
const MODULES_SQL = `SELECT coalesce(max(id) - ${FIRST_MODULE_KIND} + 1, 0) AS modules FROM kinds WHERE id >= ${FIRST_MODULE_KIND}`;

/**
 * Looks at an inventory that snapshots are to be added to.
 * @throws {UsageError} when it was made in another way than is asked for now
 */
export function existingInventory(
  path: string,
  options: AnalyzeOptions,
  names: StoredNames,
): ExistingInventory {
  checkExtensible(path);
  const inventory = openInventory(path);
  try {
    const rows = inventory.all<Row>(SQL);
    for (const row of rows) checkSame(inventory, row, options, names);
    return {
      snapshots: rows,
      failed: inventory.all<FailedFile>(FAILED_SQL),
      modules: inventory.get<{ modules: number }>(MODULES_SQL)!.modules,
    };
  } finally {
    inventory.close();
  }
}

/** @throws {UsageError} when a snapshot was read with other options */
function checkSame(inventory: Inventory, row: Row, options: AnalyzeOptions, names: StoredNames): void {
  const { profile, allocator, config } = checkChoice(options);
  const settings = JSON.parse(row.settings) as Record<string, unknown>;
  const { share = null, seed } = options.sample ?? {};
  const same: Readonly<Record<string, boolean>> = {
    "--keys": row.keys === 0 || row.stored_rows > 0 === (options.keys !== "none"),
    filter: row.filters === JSON.stringify(names.filters),
    "--template, --separators or --depth": row.pattern_settings === JSON.stringify(names.patterns),
    "secret of --hash-keys": row.hashed_names === (names.hash?.id ?? null),
    "--sample": row.sample_share === share && (seed === undefined || row.sample_seed === seed),
    "--profile": profile === undefined || row.profile === profile,
    "--allocator": allocator === undefined || row.allocator === allocator,
    "--set or --config": Object.entries(config).every(([name, value]) => settings[name] === value),
  };
  const other = Object.entries(same).find(([, is]) => !is)?.[0];
  if (other === undefined) return;
  throw new UsageError(
    `${inventory.path} was made with another ${other} (snapshot ${row.id}, ${row.path}): give the same, or another name with --output`,
  );
}
