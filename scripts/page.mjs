import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { licencesOf } from "./licences.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Builds the page of a report: its script and its style, and esbuild's account of what is in them. The script begins with the
 * licences of the packages in it, as it goes wherever a report goes.
 */
export async function buildPage() {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["page/main.ts", "page/style.css"],
    outdir: "page",
    bundle: true,
    minify: true,
    format: "iife",
    target: ["es2022", "chrome111", "firefox113", "safari16.4"],
    tsconfig: "page/tsconfig.json",
    charset: "ascii",
    metafile: true,
    write: false,
    logLevel: "warning",
  });
  const text = (ending) => outputFiles.find(({ path }) => path.endsWith(ending)).text.trim();
  return { script: `/*!\n${noticesOf(metafile)}\n*/\n${text(".js")}`, style: text(".css"), metafile };
}

/** Each licence once, below the packages that have it. */
function noticesOf(metafile) {
  const byText = new Map();
  for (const { name, version, text } of licencesOf(metafile)) {
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version}`]);
  }
  return [...byText].map(([text, names]) => `${names.join(", ")}\n\n${text}`).join("\n\n");
}
