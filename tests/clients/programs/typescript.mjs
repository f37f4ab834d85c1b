// A program that uses our own client. Prints the labels of a picture.

import { readFile } from "node:fs/promises";

import { createApi, upload, waitForResult } from "./dist/index.js";

const [, , address, path] = process.argv;
const api = createApi(address, { getToken: () => Promise.resolve("token") });
const picture = new Blob([await readFile(path)], { type: "image/jpeg" });

const task = await waitForResult(api, await upload(api, picture, { reference: "order-4711" }));
console.log(task.reference, task.labels.map(({ name }) => name).join());
