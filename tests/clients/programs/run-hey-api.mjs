// Runs hey-api.ts after it was bundled. Prints the labels of a picture that was sent both ways.

import { readFile } from "node:fs/promises";

import { main } from "./hey-api.mjs";

const [, , address, path] = process.argv;
const labels = await main(address, process.env.TOKEN ?? "token", new Blob([await readFile(path)]));
console.log(JSON.stringify(labels));
