import { type ImageFacts, isLarge, shrinkImage } from "@/lib/image-file";

import type { UploadItem } from "./upload-item";

type Prepared = Required<Pick<UploadItem, "picture">> &
  Pick<UploadItem, "width" | "height" | "previewUrl">;

/** What to send of a photo: the file, or a smaller copy of a large one. */
export async function preparePicture(
  { file, previewUrl, shrink }: UploadItem,
  facts: ImageFacts,
): Promise<Prepared> {
  const { contentType } = facts;
  const small = shrink && isLarge(file, facts) ? await shrinkImage(file, contentType) : undefined;
  if (small) {
    URL.revokeObjectURL(previewUrl);
    return {
      picture: { blob: small.blob, contentType: small.contentType },
      width: small.width,
      height: small.height,
      previewUrl: URL.createObjectURL(small.blob),
    };
  }
  const upright = await measureUpright(previewUrl);
  return { picture: { blob: file, contentType }, previewUrl, ...upright };
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
