import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/global-setup.ts",
    pool: "forks",
    poolOptions: { forks: { execArgv: ["--import", "tsx"], maxForks: 2 } },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
