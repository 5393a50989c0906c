export { ALLOCATORS, type Allocator, type AllocatorName } from "./allocators/index.ts";
export type { Finished } from "./finished.ts";
export { LARGEST_NAME_BYTES, ValueMeter } from "./meter.ts";
export {
  chooseProfile,
  DEFAULT_PROFILE,
  type MemoryConfig,
  PROFILES,
  type Profile,
  type ProfileName,
} from "./profiles/index.ts";
export { makeTarget, type Target } from "./target.ts";
export { ENCODING, ENCODINGS, type EncodingName, EXACTNESS, TYPE, TYPES, type TypeName } from "./types.ts";
