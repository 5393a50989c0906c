import { type InputOptions, Inputs } from "../io/inputs/index.ts";
import type { Progress } from "./analyze.ts";
import { inFile } from "./in-file.ts";
import { type Plan, planOf } from "./origin.ts";

/** Where the way of an input is told. */
export interface PlanOptions extends InputOptions {
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Opens one input, unpacks it if need be, and removes what was unpacked when `use` is done.
 * @throws as `Inputs.open` and `planOf` do
 */
export async function withPlan<T>(
  name: string,
  { onProgress, ...options }: PlanOptions,
  use: (plan: Plan) => Promise<T>,
): Promise<T> {
  const inputs = new Inputs(options);
  try {
    return await inFile(name, async () =>
      use(planOf(await inputs.open(name, onRead(onProgress)), options.salvage)),
    );
  } finally {
    inputs.close();
  }
}

/** Tells how much of an input was unpacked. */
export function onRead(onProgress: PlanOptions["onProgress"]) {
  return (bytesDone: number, bytesTotal: number) =>
    onProgress?.({ phase: "unpack", bytesDone, bytesTotal: Math.max(bytesDone, bytesTotal), keys: 0 });
}
