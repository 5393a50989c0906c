import fs from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { MANIFEST } from "../../src/dataset/manifest.ts";
import { TABLES } from "../../src/dataset/tables.ts";

const read = (name: string) => fs.readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");

describe("docs/parquet.md", () => {
  it.each(Object.entries(TABLES))("has every column of %s, in its order", (table, columns) => {
    const section = read("parquet.md").split(`### \`${table}\``)[1]!.split(/^##/m)[0]!;
    const rows = [...section.matchAll(/^\| `(\w+)` +\| (\w+) +\| (yes)? *\| (.*?) +\|$/gm)];
    expect(rows.map(([, name, type, nullable, meaning]) => ({ name, type, nullable, meaning }))).toEqual(
      columns.map(({ name, type, nullable, meaning }) => ({
        name,
        type,
        nullable: nullable ? "yes" : undefined,
        meaning,
      })),
    );
  });

  it("goes with the schema of manifests: npm run dataset:schema", () => {
    expect(JSON.parse(read("manifest.schema.json"))).toEqual(z.toJSONSchema(MANIFEST));
  });
});
