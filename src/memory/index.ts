export type { Bill } from "./bill.ts";
export { ValueMeter } from "./meter.ts";
export { chooseProfile, PROFILES, type Profile, type ProfileName } from "./profiles/index.ts";
export { makeTarget } from "./target.ts";
export { ENCODINGS, TYPE, TYPES } from "./types.ts";
