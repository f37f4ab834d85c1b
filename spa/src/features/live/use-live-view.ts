import { type RefObject, useEffect, useState } from "react";

import { announce } from "@/components/announcer";
import { AppError } from "@/lib/errors";
import { useFormat, useLabelWords, useTranslation } from "@/lib/i18n";
import { useServices } from "@/lib/services";

import { drawBoxes } from "./draw-boxes";
import { HIDDEN, LiveView } from "./live-view";
import { createStreamApi } from "./stream-api";

/** The camera of the page. It stops when the page is left or hidden. */
export function useLiveView(): LiveView {
  const { api, push } = useServices();
  const { t } = useTranslation();
  const { say } = useLabelWords();
  const format = useFormat();
  const [view] = useState(() => new LiveView({ streams: createStreamApi(api), push }));
  useEffect(
    () =>
      view.names.onNews((names) => {
        const text = format.list(names.map(say));
        announce(names.length > 0 ? t("live.said", { names: text }) : t("live.saidNothing"));
      }),
    [view, t, say, format],
  );
  useEffect(() => stopWhenUnseen(view), [view]);
  return view;
}

function stopWhenUnseen(view: LiveView): () => void {
  const onHidden = () => {
    if (document.hidden && view.state.status !== "off") view.stop(new AppError(HIDDEN));
  };
  const onLeave = () => {
    view.stop();
  };
  document.addEventListener("visibilitychange", onHidden);
  addEventListener("pagehide", onLeave);
  return () => {
    document.removeEventListener("visibilitychange", onHidden);
    removeEventListener("pagehide", onLeave);
    view.stop();
  };
}

const FRAME_MS = 1_000 / 30;
const TIDY_MS = 500;

type DrawOptions = { pickColor: (name: string) => string; isOn: boolean };

/** Draws the boxes 30 times a second while the camera is on, and forgets old names. */
export function useDrawnBoxes(
  view: LiveView,
  canvas: RefObject<HTMLCanvasElement | null>,
  { pickColor, isOn }: DrawOptions,
): void {
  const { say } = useLabelWords();
  const format = useFormat();
  useEffect(() => {
    if (!isOn) return;
    let drawnAt = 0;
    let request = requestAnimationFrame(draw);
    const tidying = setInterval(() => {
      view.names.tidy(performance.now());
    }, TIDY_MS);
    const style = {
      pickColor,
      say: ({ name, confidence }: { name: string; confidence: number }) =>
        `${say(name)} ${format.confidence(confidence)}`,
    };
    function draw(now: number) {
      request = requestAnimationFrame(draw);
      // Screens differ: half a refresh less, so that 60 Hz gives every second one.
      if (now - drawnAt < FRAME_MS - 8 || !canvas.current) return;
      drawnAt = now;
      drawBoxes(canvas.current, view.tracks.at(performance.now()), style);
    }
    return () => {
      cancelAnimationFrame(request);
      clearInterval(tidying);
    };
  }, [view, canvas, pickColor, isOn, say, format]);
}
