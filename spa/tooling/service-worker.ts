import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import type { Plugin } from "vite";

/** Files of `public` that the page needs without a network. The page itself is index.html. */
const FIXED = ["/index.html", "/scheme.js", "/favicon.svg", "/config.json"];
const IS_NEEDED = /\.(js|css|woff2)$/;

/** Writes sw.js: the service worker with the names of all files that this build has made. */
export function serviceWorker(source: URL): Plugin {
  return {
    name: "service-worker",
    apply: "build",
    generateBundle(_options, bundle) {
      const made = Object.keys(bundle).filter((file) => IS_NEEDED.test(file));
      const files = [...FIXED, ...made.map((file) => `/${file}`).sort()];
      const code = readFileSync(source, "utf8");
      const version = createHash("sha256").update(JSON.stringify(files) + code);
      const head = [
        `const FILES = ${JSON.stringify(files)};`,
        `const VERSION = "${version.digest("hex").slice(0, 12)}";`,
      ];
      this.emitFile({
        type: "asset",
        fileName: "sw.js",
        source: `${head.join("\n")}\n${code}`,
      });
    },
  };
}
