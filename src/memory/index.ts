export { ALLOCATORS, type AllocatorName } from "./allocators/index.ts";
export { type Bill, ItemisedBill } from "./bill.ts";
export { changedSettings, isSetting, parseSettings, SETTING_NAMES, settingsByDirective } from "./config.ts";
export { ValueMeter } from "./meter.ts";
export { type FunctionLibrary, librariesOf } from "./models/functions.ts";
export {
  chooseProfile,
  loadsVersion,
  type MemoryConfig,
  PROFILES,
  type Profile,
  type ProfileName,
} from "./profiles/index.ts";
export type { Target } from "./target.ts";
export { profileOf, type TargetSpec, targetOf } from "./target-spec.ts";
export { ENCODING, ENCODINGS, EXACTNESS, TYPE, TYPES } from "./types.ts";
export { type LoadedDatabase, tableBytes, type UsedMemory, usedMemory } from "./used-memory.ts";
export {
  isRaisable,
  RAISABLE,
  RAISABLE_NAMES,
  type RaisableName,
  raisedTarget,
  raisedTo,
} from "./what-if.ts";
