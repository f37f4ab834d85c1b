import { useEngine, useFeatures, useShrink } from "@/lib/choices";

import { useUploadQueue } from "./uploads";

/** Sends photos as the user chose on the start page. */
export function useAddPhotos() {
  const queue = useUploadQueue();
  const { shrink } = useShrink();
  const { features } = useFeatures();
  const { engine } = useEngine();
  return (files: readonly File[]) => {
    queue.add(files, { shrink, features, engine });
  };
}
