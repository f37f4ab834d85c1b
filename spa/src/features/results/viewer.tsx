import Lightbox, { type SlideImage } from "yet-another-react-lightbox";
import Fullscreen from "yet-another-react-lightbox/plugins/fullscreen";
import Zoom from "yet-another-react-lightbox/plugins/zoom";
import "yet-another-react-lightbox/styles.css";

import { Photo } from "@/components/photo";
import { useBoxMode } from "@/lib/choices";
import { useTranslation } from "@/lib/i18n";
import { findStart, pickShown } from "@/lib/labels";
import { useRatio } from "@/lib/pictures";
import type { Task } from "@/lib/tasks";
import { usePicture } from "@/lib/use-picture";

import classes from "./viewer.module.css";

/** How many pixels of the screen one pixel of the photo may cover. */
const MOST_ZOOM = 4;

type Slide = SlideImage & { task: Task };

type Props = {
  tasks: readonly Task[];
  index: number;
  onView: (index: number) => void;
  onClose: () => void;
};

/** The photos of a list one after the other, as large as the window, to zoom into and to swipe. */
export default function Viewer({ tasks, index, onView, onClose }: Props) {
  const { t } = useTranslation();
  const slides = tasks.map((task): Slide => ({
    // The slide below loads the picture itself: an address is good for a minute only.
    src: task.taskId,
    alt: task.fileName ?? t("task.unnamed"),
    ...(task.image.width && { width: task.image.width }),
    ...(task.image.height && { height: task.image.height }),
    task,
  }));
  return (
    <Lightbox
      open
      close={onClose}
      index={index}
      slides={slides}
      plugins={[Zoom, Fullscreen]}
      carousel={{ finite: true, preload: 1 }}
      controller={{ closeOnBackdropClick: true, closeOnPullDown: true }}
      zoom={{ maxZoomPixelRatio: MOST_ZOOM, scrollToZoom: true }}
      on={{
        view: ({ index: shown }) => {
          onView(shown);
        },
      }}
      render={{
        slide: ({ slide, rect, zoom = 1 }) => (
          <OneSlide task={(slide as Slide).task} rect={rect} isNear={zoom > 1} />
        ),
      }}
      labels={{
        Previous: t("viewer.previous"),
        Next: t("viewer.next"),
        Close: t("nav.close"),
        "Zoom in": t("viewer.zoomIn"),
        "Zoom out": t("viewer.zoomOut"),
        "Enter Fullscreen": t("viewer.fullScreen"),
        "Exit Fullscreen": t("viewer.window"),
        Lightbox: t("viewer.title"),
        "Photo gallery": t("viewer.title"),
      }}
    />
  );
}

type SlideProps = {
  task: Task;
  rect: { width: number; height: number };
  /** Whether somebody zoomed in: then the original is worth its size. */
  isNear: boolean;
};

function OneSlide({ task, rect, isNear }: SlideProps) {
  const { t } = useTranslation();
  const { picture, renew } = usePicture(task, isNear ? "original" : "preview");
  const { ratio, measure } = useRatio(picture);
  const { mode } = useBoxMode();
  const width = Math.min(rect.width, rect.height * ratio);
  return (
    <div className={classes.slide} style={{ width, height: width / ratio }}>
      <Photo
        url={picture?.url}
        alt={task.fileName ?? t("task.unnamed")}
        labels={pickShown(task.labels, findStart(task))}
        onLoad={measure}
        onError={renew}
        mode={mode}
        isEager
      />
    </div>
  );
}
