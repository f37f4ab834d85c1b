import type { QueryClient } from "@tanstack/react-query";
import i18next from "i18next";

import { notify } from "@/components/notify";
import { historyKey } from "@/lib/tasks";

import type { UploadQueue } from "./upload-queue";

const MOST_NAMES = 4;

/** Send what a reload has stopped. Name what the browser did not keep: the user chooses it again. */
export async function continueUploads(uploads: UploadQueue, queries: QueryClient): Promise<void> {
  const names = await uploads.continue();
  if (names.length === 0) return;
  void queries.invalidateQueries({ queryKey: historyKey });
  const some = names.slice(0, MOST_NAMES).join(", ");
  const more = names.length - MOST_NAMES;
  const text = more > 0 ? i18next.t("upload.andMore", { names: some, count: more }) : some;
  void notify({
    color: "red",
    autoClose: false,
    message: i18next.t("upload.unsent", { names: text, count: names.length }),
  });
}
