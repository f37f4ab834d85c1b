import { createContext, use } from "react";

import { useStore } from "@/lib/store";

import type { UploadQueue } from "./upload-queue";

export const UploadsContext = createContext<UploadQueue | null>(null);

export function useUploadQueue(): UploadQueue {
  const queue = use(UploadsContext);
  if (!queue) throw new Error("UploadsContext is missing");
  return queue;
}

export function useUploads() {
  const queue = useUploadQueue();
  return { queue, items: useStore(queue) };
}
