import { useRef } from "react";

import { buildCurl } from "@/lib/curl";
import { AppError } from "@/lib/errors";
import { useFormat, useLabelWords } from "@/lib/i18n";
import { pickShown, pickSure } from "@/lib/labels";
import { useApi, useServices } from "@/lib/services";
import type { Task } from "@/lib/tasks";
import { getPicture } from "@/lib/use-picture";

import { drawAnnotated, type PictureType } from "./draw-annotated";

/** Whether this browser can hand something to the other programs of the device. */
export const canShare = () => "share" in navigator;
/** Whether this browser can put a picture on the clipboard. */
export const canCopyPicture = () => "ClipboardItem" in window && "clipboard" in navigator;

/**
 * Take a result out of the page, as the page shows it.
 *
 * @param least The confidence that the slider shows. What is less sure stays here.
 */
export function useExport(task: Task, least: number) {
  const { config, session } = useServices();
  const api = useApi();
  const format = useFormat();
  const { say } = useLabelWords();
  const prepared = useRef<Promise<Blob>>(undefined);

  const labels = pickShown(task.labels, least);
  const describe = (name: string, confidence: number) =>
    `${say(name)} ${format.confidence(confidence)}`;
  const text = labels.map(({ name, confidence }) => describe(name, confidence)).join("\n");
  const draw = async (type: PictureType) => {
    const picture = await getPicture(api, task);
    if (!picture) throw new AppError("image_missing");
    return drawAnnotated(picture.url, { ...task, labels }, describe, type);
  };

  return {
    /** Draw what may be shared. A browser shares only shortly after a click. */
    prepare: () => {
      if (!canShare()) return;
      prepared.current = draw("image/jpeg");
      prepared.current.catch(() => undefined);
    },
    share: async () => {
      const picture = await (prepared.current ?? draw("image/jpeg"));
      const files = [new File([picture], buildName(task), { type: picture.type })];
      const isPossible = "canShare" in navigator && navigator.canShare({ files });
      await navigator.share(isPossible ? { files, text } : { text });
    },
    download: async () => {
      save(await draw("image/jpeg"), buildName(task));
    },
    copyPicture: () =>
      // It takes a promise: Safari writes only what was begun during the click.
      navigator.clipboard.write([new ClipboardItem({ "image/png": draw("image/png") })]),
    copyLabels: () => navigator.clipboard.writeText(text),
    copyJson: () => {
      const shown = { ...task, labels: pickSure(task.labels, least) };
      return navigator.clipboard.writeText(JSON.stringify(shown, null, 2));
    },
    copyCurl: async () => {
      const token = await session.getToken();
      const url = `${config.apiUrl}/results/${task.taskId}`;
      await navigator.clipboard.writeText(buildCurl({ method: "GET", url, token }));
    },
  };
}

const buildName = ({ fileName }: Task) =>
  `${(fileName ?? "photo").replace(/\.[^.]+$/, "")}-spotter.jpg`;

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // A download that has started keeps its own reference to the bytes.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 10_000);
}
