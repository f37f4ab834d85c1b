// Writes the types of clients/typescript from the OpenAPI document, or with --check compares the two.

import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";

import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";
import ts from "typescript";

const DOCUMENT = new URL("../../docs/api/openapi.json", import.meta.url);
const TARGET = new URL("../../clients/typescript/src/schema.ts", import.meta.url);
const BLOB = ts.factory.createTypeReferenceNode(ts.factory.createIdentifier("Blob"));

const types = await openapiTS(DOCUMENT, {
  rootTypes: true,
  rootTypesNoSchemaPrefix: true,
  // A field with a default may be left out of a request.
  defaultNonNullable: false,
  // By default a picture would be a string, and each upload would need a cast.
  transform: (schema) => (schema.format === "binary" ? BLOB : undefined),
});
const text = COMMENT_HEADER + astToString(types);

if (!process.argv.includes("--check")) {
  await writeFile(TARGET, text);
} else if ((await readFile(TARGET, "utf8")) !== text) {
  console.error("clients/typescript/src/schema.ts is old. Write it again with: make openapi");
  process.exit(1);
}
