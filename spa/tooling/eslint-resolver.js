import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

// Tells eslint-plugin-import what `@/` means and that an import may leave out .ts.
// https://github.com/import-js/eslint-plugin-import/blob/main/resolvers/README.md

const SOURCES = fileURLToPath(new URL("../src", import.meta.url));
const CLIENT = fileURLToPath(new URL("../../clients/typescript/src/index.ts", import.meta.url));
const ENDINGS = ["", ".ts", ".tsx", "/index.ts"];

export const interfaceVersion = 2;

export function resolve(source, file) {
  if (source === "@client") return { found: true, path: CLIENT };
  const isOurs = source.startsWith(".") || source.startsWith("@/");
  // null stands for a module that is not read: no boundary of ours lies in a package.
  if (!isOurs) return { found: true, path: null };
  const base = source.startsWith("@/")
    ? path.join(SOURCES, source.slice(2))
    : path.resolve(path.dirname(file), source);
  const found = ENDINGS.map((ending) => base + ending).find(
    (candidate) => existsSync(candidate) && statSync(candidate).isFile(),
  );
  return found ? { found: true, path: found } : { found: false };
}
