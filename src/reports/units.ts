export { thousands as humanCount } from "../queries/words.ts";
export { humanBytes, humanShare, humanTime } from "../units.ts";
