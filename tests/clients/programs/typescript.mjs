// A program that uses our own client. Prints the labels of a picture that is sent both ways.

import { readFile } from "node:fs/promises";

import { createApi, uploadByForm, uploadDirectly, waitForResult } from "./dist/index.js";

const [, , address, path] = process.argv;
const api = createApi(address, { getToken: () => Promise.resolve("token") });
const picture = new Blob([await readFile(path)], { type: "image/jpeg" });

for (const upload of [uploadDirectly, uploadByForm]) {
  const task = await waitForResult(api, await upload(api, picture, { reference: "order-4711" }));
  console.log(task.reference, task.labels.map(({ name }) => name).join());
}
