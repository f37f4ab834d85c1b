import { Dropzone } from "@mantine/dropzone";
import { useEffect, useEffectEvent } from "react";

import { SpotIcon } from "@/components/icons";
import { useTranslation } from "@/lib/i18n";

import classes from "./drop-anywhere.module.css";
import { useAddPhotos } from "./use-add-photos";

type Props = { onAdded: () => void };

/** Takes photos that are dropped or pasted on any page. */
export function DropAnywhere({ onAdded }: Props) {
  const { t } = useTranslation();
  const addPhotos = useAddPhotos();
  const drop = (files: readonly File[]) => {
    if (files.length === 0) return;
    addPhotos(files);
    onAdded();
  };
  const add = useEffectEvent(drop);

  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      add(Array.from(event.clipboardData?.files ?? []));
    };
    document.addEventListener("paste", paste);
    return () => {
      document.removeEventListener("paste", paste);
    };
  }, []);

  return (
    // No `accept`: the queue refuses a wrong file and says why.
    <Dropzone.FullScreen
      active
      className={classes.zone}
      classNames={{ root: classes.fill ?? "", inner: classes.fill ?? "" }}
      zIndex={500}
      // For the mouse only. Keyboard and touch use the buttons of the start page.
      aria-hidden
      activateOnKeyboard={false}
      onDrop={drop}
    >
      <div className={classes.inner}>
        <SpotIcon size={72} />
        <span className={classes.text}>{t("upload.dropHere")}</span>
      </div>
    </Dropzone.FullScreen>
  );
}
