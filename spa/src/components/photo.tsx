import { type CSSProperties, useState } from "react";
import { useTranslation } from "react-i18next";

import { useFormat, useLabelWords } from "@/lib/i18n";
import type { Instance, Label } from "@/lib/tasks";

import { PhotosIcon } from "./icons";
import { pickColors } from "./label-colors";
import classes from "./photo.module.css";

type Props = {
  url: string | undefined;
  alt: string;
  labels: readonly Label[];
  onLoad: (image: HTMLImageElement) => void;
  onError?: () => void;
  /** If given, boxes can be pointed at and focused, and the other boxes fade. */
  spotlight?: { active: string | null; setActive: (name: string | null) => void };
  isEager?: boolean;
};

/** A picture with its boxes. It fills its parent, which must have the ratio of the picture. */
export function Photo({ url, alt, labels, onLoad, onError, spotlight, isEager = false }: Props) {
  const { t } = useTranslation();
  const [hiddenUrl, setHiddenUrl] = useState<string>();
  const isHidden = url !== undefined && url === hiddenUrl;
  const boxes = sortBoxes(labels);
  const colors = pickColors(labels);
  return (
    <div className={classes.photo} data-spotlight={spotlight?.active ? "on" : "off"}>
      {isHidden && (
        <span className={classes.hidden}>
          <PhotosIcon size={36} />
          {t("task.notShown")}
        </span>
      )}
      {url && !isHidden && (
        <img
          src={url}
          alt={alt}
          crossOrigin={url.startsWith("blob:") ? undefined : "anonymous"}
          loading={isEager ? "eager" : "lazy"}
          decoding="async"
          onLoad={(event) => {
            onLoad(event.currentTarget);
          }}
          onError={() => {
            setHiddenUrl(url);
            onError?.();
          }}
        />
      )}
      {boxes.map((box) => {
        const style = placeBox(box.instance, colors.get(box.label.name));
        const key = `${box.label.name}-${box.rank}`;
        return spotlight ? (
          <BoxButton key={key} box={box} style={style} spotlight={spotlight} />
        ) : (
          <span key={key} className={classes.box} style={style} aria-hidden="true" />
        );
      })}
    </div>
  );
}

type Box = { label: Label; instance: Instance; rank: number; nameAt: "above" | "inside" | "below" };

type BoxButtonProps = {
  box: Box;
  style: CSSProperties;
  spotlight: NonNullable<Props["spotlight"]>;
};

function BoxButton({ box, style, spotlight }: BoxButtonProps) {
  const { label, instance, rank } = box;
  const { t } = useTranslation();
  const format = useFormat();
  const { say, getLang } = useLabelWords();
  const { name } = label;
  const word = say(name);
  const confidence = format.confidence(instance.confidence);
  const show = () => {
    spotlight.setActive(name);
  };
  const hide = () => {
    spotlight.setActive(null);
  };
  return (
    <button
      type="button"
      className={classes.box}
      style={style}
      data-active={spotlight.active === name || undefined}
      aria-label={t("result.box", { name: word, confidence, rank, count: label.instances.length })}
      onPointerEnter={show}
      onPointerLeave={hide}
      onFocus={show}
      onBlur={hide}
      onClick={show}
    >
      <span className={classes.name} data-at={box.nameAt}>
        <span lang={getLang(name)}>{word}</span>{" "}
        <span className={classes.confidence}>{confidence}</span>
      </span>
    </button>
  );
}

/** Draw large boxes first, so that a small box inside a large one can be pointed at. */
function sortBoxes(labels: readonly Label[]): Box[] {
  const area = ({ instance: { boundingBox } }: Box) => boundingBox.width * boundingBox.height;
  const boxes = labels
    .flatMap((label) =>
      label.instances.map((instance, i): Box => ({
        label,
        instance,
        rank: i + 1,
        nameAt: "above",
      })),
    )
    .sort((a, b) => area(b) - area(a));
  return boxes.map((box, i) => ({ ...box, nameAt: placeName(box, boxes.slice(0, i)) }));
}

const NAME_HEIGHT = 0.06;
const NAME_WIDTH = 0.2;

/** Place a name above its box, inside the picture, and clear of other names that start there. */
function placeName({ instance }: Box, larger: Box[]): Box["nameAt"] {
  const { left, top } = instance.boundingBox;
  const isTaken = larger.some(({ instance: { boundingBox: other } }) => {
    const isNear = Math.abs(other.top - top) < NAME_HEIGHT;
    return isNear && Math.abs(other.left - left) < NAME_WIDTH;
  });
  if (isTaken) return "below";
  return top < NAME_HEIGHT ? "inside" : "above";
}

function placeBox({ boundingBox }: Instance, color: string | undefined): CSSProperties {
  const percent = (ratio: number) => `${(ratio * 100).toFixed(3)}%`;
  return {
    left: percent(boundingBox.left),
    top: percent(boundingBox.top),
    width: percent(boundingBox.width),
    height: percent(boundingBox.height),
    "--box": color,
  } as CSSProperties;
}
