import type { SnapshotFacts } from "../../../parsers/splitter.ts";
import type { Bill, Part } from "../bill.ts";
import { sdsZmallocSize, type Target } from "../target.ts";
import { dictNextSize } from "./dict-load.ts";

/** What is known of a function library from its code alone. */
export interface FunctionLibrary {
  readonly nameBytes: number;
  /** The whole code, its first line too. */
  readonly codeBytes: number;
  /** Bytes of the name of each function that the code seems to register. */
  readonly functionNameBytes: readonly number[];
}

/** The function libraries of a snapshot. */
export function librariesOf({ functions }: Pick<SnapshotFacts, "functions">): FunctionLibrary[] {
  return functions.map(({ name, codeBytes, functionNameBytes }) => ({
    nameBytes: name.length,
    codeBytes,
    functionNameBytes,
  }));
}

/** sizeof, functions.h, function_lua.c and dict.h, Redis 7.2.6. */
const FUNCTION_LIB_INFO = 32;
const FUNCTION_INFO = 40;
const LUA_FUNCTION_CTX = 8;
const DICT = 56;
const DICT_ENTRY = 24;

const LIBRARY: Part = {
  name: "function library",
  source: "engineLibraryCreate(), functions.c, Redis 7.2.6",
};
const CODE: Part = {
  name: "function library's code (sds)",
  source: "engineLibraryCreate(), functions.c, Redis 7.2.6",
};
const FUNCTION: Part = { name: "function", source: "functionLibCreateFunction(), functions.c, Redis 7.2.6" };
const DICTS: Part = {
  name: "dicts of functions",
  source: "functionsLibCtxCreate(), functions.c, Redis 7.2.6",
};
const LINKS: Part = { name: "entries of functions", source: "libraryLink(), functions.c, Redis 7.2.6" };

/**
 * Adds the function libraries of a snapshot as a server holds them. What Lua compiles is not
 * in used_memory: the interpreter allocates it by itself. Mirrors
 * functionsCreateWithLibraryCtx() and libraryLink(), functions.c, Redis 7.2.6. Estimated:
 * functions and their names are found by reading the code, not by running it.
 */
export function addFunctions(bill: Bill, target: Target, libraries: readonly FunctionLibrary[]): void {
  if (libraries.length === 0) return;
  const { allocator } = target;
  const add = (part: Part, count: number, heapBytes: number) => bill.add(part, count, 0, heapBytes);
  const entry = allocator.goodSize(DICT_ENTRY);
  const buckets = (entries: number) => allocator.goodSize(8 * dictNextSize(entries));
  let functions = 0;
  for (const { nameBytes, codeBytes, functionNameBytes } of libraries) {
    const name = sdsZmallocSize(target, nameBytes);
    add(LIBRARY, 1, allocator.goodSize(FUNCTION_LIB_INFO) + name);
    add(CODE, 1, sdsZmallocSize(target, codeBytes));
    add(LINKS, 1, entry + name);
    for (const bytes of functionNameBytes) {
      const own = sdsZmallocSize(target, bytes);
      const structs = allocator.goodSize(FUNCTION_INFO) + allocator.goodSize(LUA_FUNCTION_CTX);
      add(FUNCTION, 1, structs + own);
      add(LINKS, 2, 2 * entry + own);
    }
    add(DICTS, 1, allocator.goodSize(DICT) + buckets(functionNameBytes.length));
    functions += functionNameBytes.length;
  }
  add(DICTS, 2, buckets(libraries.length) + buckets(functions));
}
