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

const join = (...parts: Uint8Array[]) => new Uint8Array(parts.flatMap((part) => [...part]));
const encode = (text: string) => new TextEncoder().encode(text);
const number = (value: number, littleEndian = false) => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, littleEndian);
  return bytes;
};

/** An extended WebP of 96 x 64 with the flag of animations, whatever the number of its frames. */
function buildWebp(frames: number): Uint8Array<ArrayBuffer> {
  const chunk = (kind: string, data: Uint8Array) =>
    join(encode(kind), number(data.length, true), data);
  const header = new Uint8Array([0x02, 0, 0, 0, 95, 0, 0, 63, 0, 0]);
  const frame = chunk("ANMF", new Uint8Array(20));
  const chunks = [chunk("VP8X", header), ...Array.from({ length: frames }, () => frame)];
  return join(encode("RIFF    WEBP"), ...chunks);
}

const pngChunk = (kind: string, length = 0) =>
  join(number(length), encode(kind), new Uint8Array(length + 4));

const [HEAD, ANIMATION, FRAME, PIXELS, END] = [
  buildPng(96, 64),
  pngChunk("acTL", 8),
  pngChunk("fcTL", 26),
  pngChunk("IDAT", 50),
  pngChunk("IEND"),
] as const;

const box = (kind: string, data: Uint8Array) => join(number(data.length + 8), encode(kind), data);
const fullBox = (kind: string, data: Uint8Array) => box(kind, join(number(0), data));

/** The boxes of a HEIC or AVIF that tell its size, which is that of item 1. */
function buildHeif(brands: string[], width: number, height: number): Uint8Array<ArrayBuffer> {
  const size = fullBox("ispe", join(number(width), number(height)));
  const links = join(number(1), new Uint8Array([0, 1, 1, 1]));
  const properties = box("iprp", join(box("ipco", size), fullBox("ipma", links)));
  const primary = fullBox("pitm", new Uint8Array([0, 1]));
  const [major = "", ...others] = brands;
  const ftyp = box("ftyp", join(encode(major), number(0), encode(others.join(""))));
  return join(ftyp, fullBox("meta", join(primary, properties)));
}

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
  ["an iPhone's HEIC", ["heic", "mif1", "MiHE", "heic"], "image/heic"],
  ["a HEIC named by a later brand", ["mif1", "heic"], "image/heic"],
  ["an AVIF", ["avif", "mif1", "miaf"], "image/avif"],
  ["an AVIF named by a later brand", ["mif1", "avif"], "image/avif"],
])("%s passes with its type and size", async (_what, brands, contentType) => {
  const file = new File([buildHeif(brands, 4032, 3024)], "IMG_0001.HEIC");

  expect(await inspectImage(file)).toMatchObject({ contentType, width: 4032, height: 3024 });
});

test.each([
  ["a WebP animation", buildWebp(1)],
  ["a PNG animation", join(HEAD, ANIMATION, FRAME, PIXELS, END)],
  ["a PNG whose animation has no frame", join(HEAD, ANIMATION, PIXELS, END)],
  ["a PNG that announces its animation too late", join(HEAD, PIXELS, ANIMATION, FRAME, FRAME)],
])("%s of one frame passes as a still", async (_what, bytes) => {
  expect(await inspectImage(new File([bytes], "photo"))).toMatchObject({ width: 96, height: 64 });
});

test.each([
  ["an empty file", new Uint8Array(0), "empty_image"],
  ["a text", new TextEncoder().encode("hello"), "unsupported_format"],
  ["a GIF", new TextEncoder().encode("GIF89a..........."), "unsupported_format"],
  ["a film", buildHeif(["isom", "mp42"], 96, 64), "unsupported_format"],
  ["a HEIC of too many pixels", buildHeif(["heic"], 30_000, 30_000), "too_many_pixels"],
  ["a HEIC without a size", buildHeif(["heic"], 96, 64).subarray(0, 16), "unreadable_image"],
  ["a WebP of two frames", buildWebp(2), "animated_image"],
  ["a PNG of two frames", join(HEAD, ANIMATION, FRAME, PIXELS, FRAME, END), "animated_image"],
  ["a hidden first picture", join(HEAD, ANIMATION, PIXELS, FRAME, END), "several_pictures"],
  ["half a header", new Uint8Array([0xff, 0xd8, 0xff, 0xe0]), "unreadable_image"],
  ["too many pixels", buildPng(30_000, 30_000), "too_many_pixels"],
  ["too few pixels", buildPng(31, 400), "image_too_small"],
  ["too many bytes", new Uint8Array(LIMITS.maxBytes + 1), "image_too_large"],
])("%s is refused with the code of the API", async (_what, bytes, code) => {
  await expect(inspectImage(new File([bytes], "photo.jpg"))).rejects.toMatchObject({ code });
});
