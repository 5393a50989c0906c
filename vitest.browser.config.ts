import { defineConfig } from "vitest/config";

/** Tests that drive pages in Debian's Chromium: `npm run test:browser`. */
export default defineConfig({
  test: {
    include: ["test/browser/**/*.browser.ts"],
    globalSetup: "test/global-setup.ts",
    pool: "forks",
    poolOptions: { forks: { execArgv: ["--import", "tsx"], maxForks: 1 } },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
