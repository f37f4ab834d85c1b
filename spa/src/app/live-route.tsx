import { useState } from "react";

import { LivePage } from "@/features/live/live-page";
import type { UploadItem } from "@/features/upload/upload-item";
import { useUploads } from "@/features/upload/uploads";
import { useEngine, useFeatures } from "@/lib/choices";

/** The camera. The moments that are kept go through the upload queue. */
export function LiveRoute() {
  const { queue, items } = useUploads();
  const { features } = useFeatures();
  const { engine } = useEngine();
  const [photo, setPhoto] = useState<File>();
  const item = items.find(({ file }) => file === photo);
  const keep = (taken: File) => {
    setPhoto(taken);
    queue.add([taken], { shrink: false, features, engine });
  };
  return <LivePage keep={keep} kept={item ? describe(item) : null} />;
}

function describe({ status }: UploadItem): "sending" | "sent" | "failed" {
  if (status === "sent") return "sent";
  return status === "failed" || status === "refused" ? "failed" : "sending";
}
