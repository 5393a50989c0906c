/**
 * Truth gate: rows, types, lengths and expiries of the inventory of every recorded snapshot are what the server that
 * loaded it answered. Sizes and encodings are held by `npm run truth`.
 * `node scripts/gate.mjs test/gates/truth.ts [../shared/truth] [only]`, `only` being a part of a path, as `redis-7.2`.
 */
import { compareFacts, type Facts } from "../truth/facts.ts";
import { truthFolders } from "../truth/folder.ts";
import { skipLoudly, withTempFolder } from "./shared.ts";

function summary({ rows, expired, droppedFields, modules }: Facts): string {
  const dropped =
    droppedFields > 0 ? `; ${droppedFields} hashes whose expired fields the server dropped` : "";
  const apart = modules > 0 ? `; ${modules} module values, whose length is not compared` : "";
  return `${rows} rows, ${expired} of them expired${dropped}${apart}`;
}

async function main(root: string, only: string): Promise<number> {
  const folders = truthFolders(root).filter((folder) => folder.includes(only));
  if (folders.length === 0) {
    skipLoudly("truth", root);
    return 0;
  }
  let bad = 0;
  await withTempFolder(async (temp) => {
    for (const folder of folders) {
      const facts = await compareFacts(folder, temp);
      if (facts.found.length > 0) bad++;
      for (const text of facts.found) console.log(`DEVIATION ${folder}: ${text}`);
      console.log(`${folder}: ${summary(facts)}`);
    }
  });
  console.log(
    `\ntruth gate: ${folders.length} snapshots, ${folders.length - bad} as they should be, ${bad} not`,
  );
  return bad === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv[2] ?? "../shared/truth", process.argv[3] ?? "");
