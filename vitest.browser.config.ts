import { defineConfig } from "vitest/config";
import { withBuilt } from "./vitest.config.ts";

/** Tests that drive pages in Debian's Chromium: `npm run test:browser`. */
export default defineConfig({
  ...withBuilt,
  test: {
    include: ["test/browser/**/*.browser.ts"],
    globalSetup: "test/global-setup.ts",
    pool: "forks",
    poolOptions: { forks: { maxForks: 1 } },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
