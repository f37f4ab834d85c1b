import { useState } from "react";

import type { Task } from "./tasks";

export type Picture = { url: string; width: number | null; height: number | null };

/**
 * What is enough for a place on the page: a thumbnail in a list, a preview on its own page, the
 * original for somebody who zooms in.
 */
export type Size = "thumbnail" | "preview" | "original";

/** Pictures that this tab sent and still holds, by task. */
const local = new Map<string, Picture>();
/** Each answer of the API signs a new address, and a new address would load the picture again. */
const signed = new Map<string, { url: string; expiresAt: number }>();

const SPARE_MS = 5_000;

/**
 * The `crossOrigin` of an image. With it a canvas may read the picture later, also from the
 * browser's cache. blob: addresses are of the same origin.
 */
export const getCrossOrigin = (url: string) => (url.startsWith("blob:") ? undefined : "anonymous");

export function rememberPicture(taskId: string, picture: Picture): void {
  local.set(taskId, picture);
}

/** Drop all pictures before another user signs in. */
export function forgetPictures(): void {
  local.forEach(({ url }) => {
    URL.revokeObjectURL(url);
  });
  local.clear();
  signed.clear();
}

/** Drop the addresses of a task whose picture does not load. */
export function forgetAddress(taskId: string): void {
  for (const key of signed.keys()) if (key.startsWith(`${taskId}/`)) signed.delete(key);
}

/** The picture of a task, from this tab if it still has it, otherwise its smallest good copy. */
export function findPicture(task: Task, size: Size, now = Date.now()): Picture | undefined {
  const kept = local.get(task.taskId);
  if (kept) return kept;
  const { urlExpiresAt, width, height } = task.image;
  const { url, copy } = chooseCopy(task, size);
  // A task that has just succeeded has copies that its earlier answers did not name.
  const key = `${task.taskId}/${copy}`;
  const known = signed.get(key);
  if (known && known.expiresAt - SPARE_MS > now) return { url: known.url, width, height };
  if (!url || !urlExpiresAt) return undefined;
  signed.set(key, { url, expiresAt: Date.parse(urlExpiresAt) });
  return { url, width, height };
}

/** Most browsers cannot show HEIC. Its copies are JPEG. */
const canShow = (contentType: string) => contentType !== "image/heic";

function chooseCopy({ image, contentType }: Task, size: Size) {
  const { url, previewUrl, thumbnailUrl } = image;
  if (size === "thumbnail" && thumbnailUrl) return { url: thumbnailUrl, copy: "thumbnail" };
  if (previewUrl && !(size === "original" && canShow(contentType)))
    return { url: previewUrl, copy: "preview" };
  return { url, copy: "picture" };
}

/** The most common ratio of cameras. */
export const USUAL_RATIO = 4 / 3;

/** Width divided by height of a picture: the usual ratio until its own is known. */
export function useRatio(picture: Picture | undefined) {
  const known = picture?.width && picture.height ? picture.width / picture.height : undefined;
  const [measured, setMeasured] = useState<number>();
  const measure = ({ naturalWidth, naturalHeight }: HTMLImageElement) => {
    if (known === undefined && naturalHeight > 0) setMeasured(naturalWidth / naturalHeight);
  };
  return { ratio: known ?? measured ?? USUAL_RATIO, measure };
}
