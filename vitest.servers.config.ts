import { defineConfig } from "vitest/config";
import { withBuiltWorkers } from "./vitest.config.ts";

/** Tests that start a real server: `npm run test:servers`. */
export default defineConfig({
  ...withBuiltWorkers,
  test: {
    include: ["test/servers/**/*.servers.ts"],
    globalSetup: "test/global-setup.ts",
    pool: "forks",
    poolOptions: { forks: { execArgv: ["--import", "tsx"], maxForks: 2 } },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
