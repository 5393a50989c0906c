import Database from "better-sqlite3";
import { ENCODINGS, TYPES } from "../memory/index.ts";
import { cannotWrite } from "./cannot-write.ts";
import { ENCODING_LIMIT } from "./module-kinds.ts";
import { APPLICATION_ID, PAGE_BYTES, SCHEMA_SQL, SCHEMA_VERSION, SIZE_CLASS_BOUNDS } from "./schema.ts";

/**
 * Makes an empty inventory; returns where its key rows begin and how many pages it has.
 * @throws {IoError} when it cannot be written
 */
export function createInventory(path: string): { rootPage: number; pages: number } {
  let db: Database.Database | undefined;
  try {
    const made = new Database(path);
    db = made;
    db.pragma(`page_size = ${PAGE_BYTES}`);
    db.pragma("journal_mode = OFF");
    db.pragma("synchronous = OFF");
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${SCHEMA_VERSION}`);
    db.transaction(() => {
      made.exec(SCHEMA_SQL);
      fillNames(made);
    })();
    const rootPage = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'key_rows'").pluck().get();
    return { rootPage: Number(rootPage), pages: Number(db.pragma("page_count", { simple: true })) };
  } catch (error) {
    throw cannotWrite(path, error);
  } finally {
    db?.close();
  }
}

function fillNames(db: Database.Database): void {
  const kind = db.prepare("INSERT INTO kinds VALUES (?, ?, ?, NULL)");
  for (const [t, type] of TYPES.entries()) {
    for (const [e, encoding] of ENCODINGS.entries()) kind.run(t * ENCODING_LIMIT + e, type, encoding);
  }
  const sizeClass = db.prepare("INSERT INTO size_classes VALUES (?, ?, ?)");
  for (let i = 0; i <= SIZE_CLASS_BOUNDS.length; i++) {
    sizeClass.run(i, i === 0 ? 0 : SIZE_CLASS_BOUNDS[i - 1]! + 1, SIZE_CLASS_BOUNDS[i] ?? null);
  }
}
