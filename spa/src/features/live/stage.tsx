import { type ReactNode, useEffect, useRef, useState } from "react";

import { FocusFrame } from "@/components/focus-frame";
import { CameraIcon } from "@/components/icons";
import { type TextKey, useFormat, useTranslation } from "@/lib/i18n";
import { useStore } from "@/lib/store";

import type { LiveState } from "./live-loop";
import { HIDDEN, type LiveView } from "./live-view";
import classes from "./stage.module.css";
import { useDrawnBoxes } from "./use-live-view";
import { useSecondsUntil } from "./use-seconds-until";

type Props = { view: LiveView; pickColor: (name: string) => string };

const FIRST_RATIO = 16 / 9;

/** The camera's picture with its boxes, and how it goes. */
export function Stage({ view, pickColor }: Props) {
  const { t } = useTranslation();
  const { status, error } = useStore(view);
  const curtain = error?.code === HIDDEN ? "errors.camera_hidden" : "live.off";
  const video = useRef<HTMLVideoElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [ratio, setRatio] = useState(FIRST_RATIO);
  useEffect(() => {
    view.attach(video.current);
  }, [view]);
  useDrawnBoxes(view, canvas, { pickColor, isOn: status === "on" });
  return (
    <div className={classes.stage} data-status={status}>
      <div className={classes.picture} style={{ "--ratio": ratio } as React.CSSProperties}>
        <video
          ref={video}
          aria-label={t("live.picture")}
          muted
          playsInline
          onResize={({ currentTarget: { videoWidth, videoHeight } }) => {
            if (videoHeight > 0) setRatio(videoWidth / videoHeight);
          }}
        />
        <canvas ref={canvas} aria-hidden="true" />
        {status === "on" ? (
          <LoopStatus view={view} />
        ) : (
          <Curtain text={status === "asking" ? "live.asking" : curtain} />
        )}
      </div>
    </div>
  );
}

/** Shown while the camera is off. */
function Curtain({ text }: { text: TextKey }) {
  const { t } = useTranslation();
  return (
    <div className={classes.curtain}>
      <FocusFrame />
      <CameraIcon size={44} />
      <p role="status">{t(text)}</p>
    </div>
  );
}

function LoopStatus({ view }: { view: LiveView }) {
  const state = useStore(view.loop);
  return (
    <>
      {state.status === "watching" && <Numbers {...state} />}
      <div className={classes.message} role="status">
        <Message state={state} />
      </div>
    </>
  );
}

function Numbers({ framesPerSecond, ageMs }: { framesPerSecond: number; ageMs: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <p className={classes.numbers}>
      <span className={classes.dot} aria-hidden="true" />
      {t("live.numbers", {
        rate: format.number(framesPerSecond),
        age: format.milliseconds(ageMs),
      })}
    </p>
  );
}

function Message({ state }: { state: LiveState }): ReactNode {
  const { t } = useTranslation();
  if (state.status === "starting") return <p>{t("live.starting")}</p>;
  if (state.status === "waiting") return <p>{t("live.waiting")}</p>;
  if (state.status === "busy") return <Busy retryAt={state.retryAt} />;
  return null;
}

function Busy({ retryAt }: { retryAt: number }) {
  const { t } = useTranslation();
  return <p>{t("live.busy", { seconds: useSecondsUntil(retryAt) })}</p>;
}
