import { inspectImage, isLarge, shrinkImage } from "@/lib/image-file";

import type { UploadItem } from "./upload-item";

type Prepared = Required<Pick<UploadItem, "picture" | "fingerprint">> &
  Pick<UploadItem, "width" | "height" | "previewUrl">;

/**
 * Check a file against the published limits and make a smaller copy of a large one.
 *
 * @throws AppError when it breaks a limit.
 */
export async function preparePicture(
  file: File,
  previewUrl: string,
  shrink: boolean,
): Promise<Prepared> {
  const facts = await inspectImage(file);
  const { contentType, fingerprint } = facts;
  const small = shrink && isLarge(file, facts) ? await shrinkImage(file, contentType) : undefined;
  if (small) {
    URL.revokeObjectURL(previewUrl);
    return {
      picture: { blob: small.blob, contentType: small.contentType },
      fingerprint,
      width: small.width,
      height: small.height,
      previewUrl: URL.createObjectURL(small.blob),
    };
  }
  const upright = await measureUpright(previewUrl);
  return { picture: { blob: file, contentType }, fingerprint, previewUrl, ...upright };
}

/** The size of the upright picture. The size in the file does not consider the EXIF orientation. */
async function measureUpright(url: string): Promise<Pick<UploadItem, "width" | "height">> {
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
    return { width: image.naturalWidth, height: image.naturalHeight };
  } catch {
    return { width: null, height: null };
  }
}
