export { thousands as humanCount } from "../queries/words.ts";
export { humanBytes, humanError, humanShare, humanTime } from "../units.ts";
