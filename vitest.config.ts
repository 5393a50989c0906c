import path from "node:path";
import { defineConfig } from "vitest/config";

const built = (name: string) => path.resolve(import.meta.dirname, `test/support/built-${name}.ts`);

/** Threads and processes run what test/global-setup.ts builds. */
export const withBuilt = {
  resolve: {
    alias: [
      { find: /^\.\/worker-url\.ts$/, replacement: built("worker-url") },
      { find: /^\.\.?\/query-program\.ts$/, replacement: built("query-program") },
    ],
  },
};

export default defineConfig({
  ...withBuilt,
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/global-setup.ts",
    pool: "forks",
    poolOptions: { forks: { maxForks: 2 } },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
