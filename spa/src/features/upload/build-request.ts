import type { UploadItem } from "./upload-item";

/** Lower than the page shows at first, so that the slider of a result can reveal labels. */
const LEAST_CONFIDENCE = 30;
const MOST_LABELS = 20;

/** What the API is asked for one photo. */
export const buildRequest = (
  item: UploadItem,
  { blob, contentType }: NonNullable<UploadItem["picture"]>,
  decided: NonNullable<UploadItem["decided"]>,
) => ({
  contentType,
  sizeBytes: blob.size,
  fileName: cleanName(item.name),
  minConfidence: LEAST_CONFIDENCE,
  maxLabels: MOST_LABELS,
  features: item.features,
  ...decided,
  engine: item.engine,
  models: null, // What the operators chose
  reference: null,
  webhookUrl: null,
});

/** The API accepts up to 255 characters and no control characters. */
const cleanName = (name: string) =>
  // eslint-disable-next-line no-control-regex -- the pattern removes them
  name.replaceAll(/[\x00-\x1f\x7f]/g, "").slice(-255) || null;
