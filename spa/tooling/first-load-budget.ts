import { gzipSync } from "node:zlib";

import type { Plugin } from "vite";

const BUDGET_BYTES = 230_000;

type Chunk = { fileName: string; code: string; imports: string[]; isEntry: boolean; name: string };

/**
 * Prints what a browser loads at first and fails the build when it is too much.
 *
 * The first load is the entry, the named route and everything that the two import statically.
 */
export function firstLoadBudget(route: string): Plugin {
  return {
    name: "first-load-budget",
    apply: "build",
    generateBundle(_options, bundle) {
      const chunks = new Map<string, Chunk>();
      for (const output of Object.values(bundle)) {
        if (output.type === "chunk") chunks.set(output.fileName, output);
      }
      const sizes = new Map([...chunks].map(([file, { code }]) => [file, gzipSync(code).length]));
      const roots = [...chunks.values()].filter(({ isEntry, name }) => isEntry || name === route);
      if (roots.length < 2) this.error(`No chunk is named ${route}: the budget would miss it`);

      const first = collectImports(roots, chunks);
      const total = [...first].reduce((sum, file) => sum + (sizes.get(file) ?? 0), 0);
      const lines = [...sizes]
        .sort(([, a], [, b]) => b - a)
        .map(
          ([file, size]) => `${first.has(file) ? "first" : "later"} ${toKilobytes(size)}  ${file}`,
        );
      console.log(`\nJavaScript, gzipped\n${lines.join("\n")}`);
      console.log(`first load ${toKilobytes(total)} of ${toKilobytes(BUDGET_BYTES)}\n`);
      if (total > BUDGET_BYTES)
        this.error(`The first load is over its budget: ${toKilobytes(total)}`);
    },
  };
}

function collectImports(roots: Chunk[], chunks: Map<string, Chunk>): Set<string> {
  const found = new Set<string>();
  const open = roots.map(({ fileName }) => fileName);
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    open.push(...(chunks.get(file)?.imports ?? []));
  }
  return found;
}

const toKilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1).padStart(6)} kB`;
