import { useEffect, useEffectEvent } from "react";

import { useAddPhotos } from "./use-add-photos";

/** Where the service worker keeps photos that other programs share. */
const SHARED = "spotter-shared";

/** Sends photos that another program has shared with this page. */
export function useSharedPhotos(): void {
  const add = useEffectEvent(useAddPhotos());
  useEffect(() => {
    void takeShared().then((photos) => {
      if (photos.length > 0) add(photos);
    });
  }, []);
}

/** Drop them before another user signs in. */
export async function forgetSharedPhotos(): Promise<void> {
  if ("caches" in window) await caches.delete(SHARED);
}

async function takeShared(): Promise<File[]> {
  // Browsers have it on https and localhost only.
  if (!("caches" in window) || !(await caches.has(SHARED))) return [];
  const cache = await caches.open(SHARED);
  const requests = await cache.keys();
  await caches.delete(SHARED);
  return Promise.all(
    requests.map(async (request) => {
      const answer = await cache.match(request);
      const name = decodeURIComponent(answer?.headers.get("X-Name") ?? "photo");
      const type = answer?.headers.get("Content-Type") ?? "";
      return new File([(await answer?.blob()) ?? ""], name, { type });
    }),
  );
}
