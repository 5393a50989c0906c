/** How well patterns are learnt: npm run patterns:score -- LIST.tsv [--keys 2000000] [--seed 1]. Lists as in `lists/`. */
import fs from "node:fs";
import { parseArgs } from "node:util";
import { parseList } from "./keys.ts";
import { scoresOf } from "./scores.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { keys: { type: "string", default: "2000000" }, seed: { type: "string", default: "1" } },
});
for (const file of positionals) {
  const list = parseList(fs.readFileSync(file, "utf8"));
  const scores = scoresOf(list, Number(values.keys), 2, Number(values.seed));
  const { patterns, byName, recall, precision, classifyNs, learnMs, wrong } = scores;
  const shares = [byName, recall, precision].map((share) => share.toFixed(4));
  console.log(`${file}: ${list.length} templates, ${patterns} patterns`);
  console.log(`  by name ${shares[0]}; mean of templates: recall ${shares[1]}, precision ${shares[2]}`);
  console.log(`  learnt in ${learnMs.toFixed(0)} ms; ${classifyNs.toFixed(0)} ns a name`);
  for (const { template, pattern, names } of wrong.slice(0, 12))
    console.log(`  ${names} of ${template} are ${pattern}`);
}
