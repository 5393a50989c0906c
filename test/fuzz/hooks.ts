import { register } from "node:module";

/** Has `piscina` resolved to the pool of this folder. Loaded by `--import` before the child. */
const url = new URL("./inline-pool.ts", import.meta.url).href;
const hook = `export const resolve = (name, context, next) =>
  next(name === "piscina" ? ${JSON.stringify(url)} : name, context);`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
