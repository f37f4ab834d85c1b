/** The limits that the API publishes in its OpenAPI document. */
export const LIMITS = {
  maxBytes: 20 * 1024 * 1024,
  maxPixels: 50_000_000,
  minSidePx: 32,
  contentTypes: ["image/jpeg", "image/png", "image/webp", "image/heic", "image/avif"],
} as const;

export type ContentType = (typeof LIMITS.contentTypes)[number];
