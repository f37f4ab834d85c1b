// A program that uses a client made by hey-api. It needs no cast and no `any`.

import { createPicture, createUpload, getResult } from "./generated";
import { client } from "./generated/client.gen";

/** Sends a picture in one request. */
export async function upload(picture: Blob): Promise<string> {
  const { data } = await createPicture({ body: picture, throwOnError: true });
  return data.taskId;
}

/** Asks for a form and sends it to the storage, which must not get the token. */
export async function uploadByForm(picture: Blob): Promise<string> {
  const { data } = await createUpload({
    body: { contentType: "image/jpeg", sizeBytes: picture.size, maxLabels: 3 },
    throwOnError: true,
  });
  if (!data.upload) throw new Error("The service has the picture already");
  const form = new FormData();
  for (const [name, value] of Object.entries(data.upload.fields)) form.append(name, value);
  form.append("file", picture);
  const stored = await fetch(data.upload.url, { method: "POST", body: form });
  if (!stored.ok) throw new Error(await stored.text());
  return data.taskId;
}

/** Waits for a result and returns the names of its labels. */
export async function poll(taskId: string): Promise<string[]> {
  for (;;) {
    const { data } = await getResult({ path: { taskId }, query: { wait: 10 }, throwOnError: true });
    if (data.status === "succeeded") return data.labels.map((label) => label.name);
    if (data.status === "failed" || data.status === "expired") throw new Error(data.error?.message);
  }
}

/** Sends a picture both ways and returns the names of the labels of both. */
export async function main(baseUrl: string, token: string, picture: Blob): Promise<string[][]> {
  client.setConfig({ baseUrl, auth: token });
  const ids = [await upload(picture), await uploadByForm(picture)];
  return Promise.all(ids.map(poll));
}
