import { defineConfig } from "vitest/config";

/** Tests that start a real server: `npm run test:servers`. */
export default defineConfig({
  test: {
    include: ["test/servers/**/*.servers.ts"],
    pool: "forks",
    poolOptions: { forks: { execArgv: ["--import", "tsx"] } },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
