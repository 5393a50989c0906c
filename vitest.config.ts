import path from "node:path";
import { defineConfig } from "vitest/config";

const builtWorkers = path.resolve(import.meta.dirname, "test/support/built-worker-url.ts");

/** Threads run what test/global-setup.ts builds. */
export const withBuiltWorkers = {
  resolve: { alias: [{ find: /^\.\/worker-url\.ts$/, replacement: builtWorkers }] },
};

export default defineConfig({
  ...withBuiltWorkers,
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/global-setup.ts",
    pool: "forks",
    poolOptions: { forks: { execArgv: ["--import", "tsx"], maxForks: 2 } },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
