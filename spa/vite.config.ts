import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

import { firstLoadBudget } from "./tooling/first-load-budget.ts";
import { localSystem } from "./tooling/local-system.ts";
import { openapiAsset } from "./tooling/openapi-asset.ts";
import { serviceWorker } from "./tooling/service-worker.ts";

/** Folders of the repository that the page shows something of. */
const SHARED = [
  "../clients/typescript",
  "../pipeline/core/words",
  "../pipeline/core/vocabulary",
  "../infra/local/photos",
];

export default defineConfig({
  plugins: [
    react(),
    openapiAsset(new URL("../docs/api/openapi.json", import.meta.url)),
    localSystem(new URL("../build/local/state.json", import.meta.url)),
    firstLoadBudget("home-page"),
    serviceWorker(new URL("tooling/service-worker.js", import.meta.url)),
  ],
  resolve: {
    dedupe: ["openapi-fetch"], // The client finds it among the page's packages
    alias: {
      "@": fileURLToPath(new URL("src", import.meta.url)),
      // The page uses the API through the client that other programs use.
      "@client": fileURLToPath(new URL("../clients/typescript/src/index.ts", import.meta.url)),
      // The words of labels in other languages belong to the pipeline's vocabulary.
      "@words": fileURLToPath(new URL("../pipeline/core/words", import.meta.url)),
      "@vocabulary": fileURLToPath(new URL("../pipeline/core/vocabulary", import.meta.url)),
      // The samples of the start page are demo photos.
      "@photos": fileURLToPath(new URL("../infra/local/photos", import.meta.url)),
    },
  },
  // Inlined files would be data: URLs, which the Content-Security-Policy refuses.
  build: { target: "es2022", assetsInlineLimit: 0, sourcemap: false, chunkSizeWarningLimit: 700 },
  server: { host: "127.0.0.1", fs: { allow: [".", ...SHARED] } },
  test: {
    testTimeout: 120_000, // The machine may stall
    retry: Number(process.env.VITEST_RETRY ?? 0), // Set in .ci/run only
    // The files share one process and its modules: to load them for each file takes as long as the tests.
    isolate: false,
    restoreMocks: true,
    unstubGlobals: true,
    projects: [
      { extends: true, test: { name: "logic", include: ["src/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "views",
          include: ["src/**/*.test.tsx"],
          environment: "jsdom",
          setupFiles: ["src/testing/setup.ts"],
          css: false,
        },
      },
    ],
  },
});
