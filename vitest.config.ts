import { defineConfig } from "vitest/config";

const excluded = ["**/node_modules/**", "dist/**", "build/**", ".venv/**"];

export default defineConfig({
  test: {
    // A machine of two cores also runs Envoy and the providers.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 180_000,
    projects: [
      { extends: true, test: { name: "unit", include: ["**/*.test.ts"], exclude: [...excluded, "test/e2e/**"] } },
      // One Envoy at a time: they share ports and cores.
      { extends: true, test: { name: "e2e", include: ["test/e2e/**/*.test.ts"], exclude: excluded, fileParallelism: false } },
    ],
  },
});
