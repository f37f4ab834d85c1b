import { useState } from "react";
import { Progress } from "@mantine/core";
import { Link } from "react-router";

import { Tile, TileFrame } from "@/components/gallery";
import { CloseIcon, PhotosIcon } from "@/components/icons";
import { useErrorText, useFormat, useTranslation } from "@/lib/i18n";
import { useRatio } from "@/lib/pictures";

import { isShrunk, type UploadItem } from "./upload-item";
import classes from "./upload-tile.module.css";
import { useUploadQueue } from "./uploads";

type Props = { item: UploadItem; onRemove: () => void };

/** A photo whose task is not known yet. */
export function UploadTile({ item, onRemove }: Props) {
  const { t } = useTranslation();
  const { previewUrl: url, width, height, name } = item;
  const { ratio, measure } = useRatio({ url, width, height });
  const [isHidden, setHidden] = useState(false);
  return (
    <Tile ratio={ratio}>
      <article className={classes.tile} data-status={item.status}>
        <TileFrame ratio={ratio}>
          {isHidden ? (
            <span className={classes.blank}>
              <PhotosIcon size={32} />
              {name}
            </span>
          ) : (
            <img
              className={classes.preview}
              src={url}
              alt={name}
              onLoad={(event) => {
                measure(event.currentTarget);
              }}
              // Most browsers cannot show HEIC.
              onError={() => {
                setHidden(true);
              }}
            />
          )}
          <SendProgress item={item} />
        </TileFrame>
        <Caption item={item} />
        <button
          type="button"
          className={classes.close}
          aria-label={t(item.status === "sending" ? "upload.cancel" : "upload.remove", { name })}
          onClick={onRemove}
        >
          <CloseIcon size={18} />
        </button>
      </article>
    </Tile>
  );
}

function SendProgress({ item }: { item: UploadItem }) {
  const { t } = useTranslation();
  if (item.status !== "sending") return null;
  return (
    <div className={classes.progress}>
      <Progress.Root size="sm" radius="xl">
        <Progress.Section
          value={getPercent(item)}
          className={classes.bar}
          aria-label={t("upload.progress", { name: item.name })}
        />
      </Progress.Root>
    </div>
  );
}

function Caption({ item }: { item: UploadItem }) {
  const { t } = useTranslation();
  const queue = useUploadQueue();
  const errorText = useErrorText();
  const isError = item.status === "failed";
  const earlier = item.status === "duplicate" ? queue.findEarlier(item) : undefined;
  return (
    <div className={classes.caption}>
      {isError ? (
        <span className={classes.error} role="alert">
          {errorText(item.errorCode ?? "internal_error", item.errorText)}
        </span>
      ) : (
        <StatusLine item={item} />
      )}
      {earlier && (
        <Link className={classes.action} to={`/results/${earlier}`}>
          {t("upload.showResult")}
        </Link>
      )}
      {(item.status === "failed" || item.status === "duplicate") && (
        <button
          type="button"
          className={classes.action}
          onClick={() => {
            queue.retry(item.id);
          }}
        >
          {t(item.status === "failed" ? "upload.retry" : "upload.sendAnyway")}
        </button>
      )}
    </div>
  );
}

function StatusLine({ item }: { item: UploadItem }) {
  const { t } = useTranslation();
  const format = useFormat();
  switch (item.status) {
    case "sending":
      return (
        <span className={classes.sending}>
          {format.confidence(getPercent(item))}
          {item.bytesPerSecond > 0 &&
            ` · ${t("upload.speed", { amount: format.bytes(item.bytesPerSecond) })}`}
          {isShrunk(item) && ` · ${format.bytes(item.file.size)} → ${format.bytes(getBytes(item))}`}
        </span>
      );
    case "paused":
      return (
        <span>{t(item.pausedBy === "session" ? "upload.pausedSession" : "upload.paused")}</span>
      );
    case "duplicate":
      return <span>{t("upload.duplicate")}</span>;
    case "sent":
      return <span>{t("status.queued")}</span>;
    default:
      return <span>{t(item.status === "checking" ? "upload.checking" : "upload.waiting")}</span>;
  }
}

const getBytes = (item: UploadItem) => item.picture?.blob.size ?? item.file.size;
const getPercent = (item: UploadItem) => (item.sentBytes / Math.max(getBytes(item), 1)) * 100;
