import { defineConfig } from "vitest/config";
import { withBuilt } from "./vitest.config.ts";

/** Tests that start a real server: `npm run test:servers`. */
export default defineConfig({
  ...withBuilt,
  test: {
    include: ["test/servers/**/*.servers.ts"],
    globalSetup: "test/global-setup.ts",
    pool: "forks",
    poolOptions: { forks: { maxForks: 2 } },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
