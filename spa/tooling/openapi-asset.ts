import { readFile } from "node:fs/promises";

import type { Plugin } from "vite";

const ROUTE = "/openapi.json";

/** Serves the API's one document beside the page, which renders it as the reference. */
export function openapiAsset(document: URL): Plugin {
  return {
    name: "openapi-asset",
    configureServer({ middlewares }) {
      middlewares.use(ROUTE, (_request, response, next) => {
        readFile(document).then((text) => response.end(text), next);
      });
    },
    async generateBundle() {
      const source = JSON.stringify(JSON.parse(await readFile(document, "utf8")));
      this.emitFile({ type: "asset", fileName: ROUTE.slice(1), source });
    },
  };
}
