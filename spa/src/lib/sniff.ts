import type { ContentType } from "./limits";

/** Brands in the `ftyp` box. A file of both kinds is an AVIF. */
const AVIF_BRANDS = new Set(["avif", "avis"]);
const HEIC_BRANDS = new Set(["mif1", "msf1", "heic", "heix", "heim", "heis", "hevc"]);
const MOST_BRANDS_BYTES = 256;

/** Read the type from the bytes: file names and declared types are often wrong. */
export function sniffType(data: Uint8Array): ContentType | undefined {
  const starts = (bytes: number[], at = 0) => bytes.every((byte, i) => data[at + i] === byte);
  if (starts([0xff, 0xd8, 0xff])) return "image/jpeg";
  if (starts([0x89, 0x50, 0x4e, 0x47])) return "image/png";
  if (readName(data, 0) === "RIFF" && readName(data, 8) === "WEBP") return "image/webp";
  if (readName(data, 4) === "ftyp") return sniffBrands(data);
  return undefined;
}

function sniffBrands(data: Uint8Array): ContentType | undefined {
  const end = Math.min(viewOf(data).getUint32(0), MOST_BRANDS_BYTES, data.length);
  const brands = [readName(data, 8)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(readName(data, at));
  if (brands.some((brand) => AVIF_BRANDS.has(brand))) return "image/avif";
  return brands.some((brand) => HEIC_BRANDS.has(brand)) ? "image/heic" : undefined;
}

/**
 * Find out whether a file holds more than one picture. Animations of one frame exist, so the frames
 * are counted.
 *
 * @returns The API's code of the error, or undefined for a still picture.
 */
export function findFrameError(data: Uint8Array, contentType: ContentType): string | undefined {
  if (contentType === "image/webp") return findWebpError(data);
  if (contentType === "image/png") return findPngError(data);
  return undefined; // The API counts the pictures of a HEIC or AVIF.
}

/** RIFF chunks, https://www.rfc-editor.org/rfc/rfc9649 */
function findWebpError(data: Uint8Array): string | undefined {
  let frames = 0;
  for (let at = 12; at + 8 <= data.length;) {
    const length = viewOf(data).getUint32(at + 4, true);
    if (readName(data, at) === "ANMF") frames += 1;
    at += 8 + length + (length % 2);
  }
  return frames > 1 ? "animated_image" : undefined;
}

function findPngError(data: Uint8Array): string | undefined {
  const kinds = listPngChunks(data);
  const pixelsAt = kinds.indexOf("IDAT");
  const announcedAt = kinds.indexOf("acTL");
  const frames = kinds.filter((kind) => kind === "fcTL").length;
  const isAnimation = announcedAt >= 0 && announcedAt < pixelsAt && frames > 0;
  if (!isAnimation) return undefined;
  if (frames > 1) return "animated_image";
  return kinds.indexOf("fcTL") > pixelsAt ? "several_pictures" : undefined;
}

/** The names of all PNG chunks, https://www.w3.org/TR/png-3/#apng-frame-based-animation */
function listPngChunks(data: Uint8Array): string[] {
  const kinds: string[] = [];
  for (let at = 8; at + 8 <= data.length && kinds.at(-1) !== "IEND";) {
    kinds.push(readName(data, at + 4));
    at += 12 + viewOf(data).getUint32(at);
  }
  return kinds;
}

const viewOf = (data: Uint8Array) => new DataView(data.buffer, data.byteOffset, data.byteLength);

const readName = (data: Uint8Array, at: number) =>
  String.fromCharCode(...data.subarray(at, at + 4));
