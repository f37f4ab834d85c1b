import { Button, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";

import { CameraIcon, PhotosIcon } from "@/components/icons";
import { PauseIcon } from "@/components/later-icons";
import { createColorPicker } from "@/components/label-colors";
import { notify } from "@/components/notify";
import { Page } from "@/components/page";
import { Problem } from "@/components/problem";
import { toAppError } from "@/lib/errors";
import { useErrorText, useTranslation } from "@/lib/i18n";
import { useStore } from "@/lib/store";

import classes from "./live-page.module.css";
import { HIDDEN, type LiveView } from "./live-view";
import { NameList } from "./name-list";
import { Stage } from "./stage";
import { useLiveView } from "./use-live-view";

type Props = {
  /** Sends a photo, as the start page does. */
  keep: (photo: File) => void;
  /** What became of the photo that was kept last. */
  kept: "sending" | "sent" | "failed" | null;
};

/** A camera, and what Spotter sees in it while it happens. */
export function LivePage({ keep, kept }: Props) {
  const { t } = useTranslation();
  const view = useLiveView();
  const [pickColor] = useState(createColorPicker);
  const { status, error } = useStore(view);
  return (
    <Page title={t("live.title")} lead={t("live.lead")}>
      <div className={classes.page}>
        <div className={classes.main}>
          <Stage view={view} pickColor={pickColor} />
          <Controls view={view} keep={keep} />
          {status === "off" && error?.code !== HIDDEN && <Problem error={error} />}
          <Kept kept={kept} />
        </div>
        <div className={classes.side}>
          <NameList view={view} pickColor={pickColor} />
          <Privacy />
        </div>
      </div>
    </Page>
  );
}

/** One button starts and stops, so that the focus stays on it. */
function Controls({ view, keep }: Pick<Props, "keep"> & { view: LiveView }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { status, cameras, cameraId } = useStore(view);
  const isOff = status === "off";
  const keepPhoto = async () => {
    try {
      keep(await view.takePhoto());
    } catch (error) {
      await notify({ color: "red", message: errorText(toAppError(error).code) });
    }
  };
  return (
    <div className={classes.controls}>
      <Button
        size="md"
        variant={isOff ? "filled" : "default"}
        leftSection={isOff ? <CameraIcon /> : <PauseIcon />}
        onClick={() => {
          if (isOff) void view.start(cameraId);
          else view.stop();
        }}
      >
        {t(isOff ? "live.start" : "live.stop")}
      </Button>
      <Button
        size="md"
        variant="default"
        leftSection={<PhotosIcon />}
        disabled={status !== "on"}
        onClick={keepPhoto}
      >
        {t("live.keep")}
      </Button>
      {cameras.length > 1 && (
        <NativeSelect
          className={classes.choice ?? ""}
          size="md"
          aria-label={t("live.camera")}
          value={cameraId ?? ""}
          data={cameras.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={({ currentTarget }) => {
            void view.start(currentTarget.value);
          }}
        />
      )}
    </div>
  );
}

/** Always there and empty at first, because screen readers announce only changes. */
function Kept({ kept }: Pick<Props, "kept">) {
  const { t } = useTranslation();
  return (
    <p className={classes.kept} role="status">
      {kept === "sending" && t("live.keeping")}
      {kept === "sent" && (
        <>
          {t("live.kept")} <Link to="/history">{t("live.toHistory")}</Link>
        </>
      )}
      {kept === "failed" && (
        <>
          {t("live.notKept")} <Link to="/">{t("live.toUploads")}</Link>
        </>
      )}
    </p>
  );
}

function Privacy() {
  const { t } = useTranslation();
  return (
    <section className={classes.privacy}>
      <h2>{t("live.leaves")}</h2>
      <ul>
        <li>{t("live.leavesFrames")}</li>
        <li>{t("live.leavesNothing")}</li>
        <li>{t("live.leavesPhoto")}</li>
        <li>{t("live.leavesStop")}</li>
      </ul>
    </section>
  );
}
