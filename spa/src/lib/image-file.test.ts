import { readFile } from "node:fs/promises";

import { expect, test } from "vitest";

import { inspectImage } from "./image-file";
import { LIMITS } from "./limits";

const readExample = async () => new Uint8Array(await readFile("src/assets/example.jpg"));

/** A PNG header with a given size; nothing else is read. */
function buildPng(width: number, height: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(33);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return bytes;
}

const animatedWebp = () => {
  const bytes = new Uint8Array(40);
  bytes.set(new TextEncoder().encode("RIFF    WEBPVP8X"));
  bytes[20] = 0x02;
  return bytes;
};

test("a photo passes with its true type and size", async () => {
  const file = new File([await readExample()], "wrong-name.png", { type: "image/png" });

  const facts = await inspectImage(file);

  expect(facts).toMatchObject({ contentType: "image/jpeg", width: 800, height: 600 });
});

test("the same bytes have the same fingerprint, whatever the name", async () => {
  const bytes = await readExample();

  const [one, two] = await Promise.all(
    ["a.jpg", "b.jpg"].map((name) => inspectImage(new File([bytes], name))),
  );

  expect(one?.fingerprint).toBe(two?.fingerprint);
  expect(one?.fingerprint).toHaveLength(64);
});

test.each([
  ["an empty file", new Uint8Array(0), "empty_image"],
  ["a text", new TextEncoder().encode("hello"), "unsupported_format"],
  ["a GIF", new TextEncoder().encode("GIF89a..........."), "unsupported_format"],
  ["an animation", animatedWebp(), "animated_image"],
  ["half a header", new Uint8Array([0xff, 0xd8, 0xff, 0xe0]), "unreadable_image"],
  ["too many pixels", buildPng(30_000, 30_000), "too_many_pixels"],
  ["too few pixels", buildPng(31, 400), "image_too_small"],
  ["too many bytes", new Uint8Array(LIMITS.maxBytes + 1), "image_too_large"],
])("%s is refused with the code of the API", async (_what, bytes, code) => {
  await expect(inspectImage(new File([bytes], "photo.jpg"))).rejects.toMatchObject({ code });
});
