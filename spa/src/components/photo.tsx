import { type CSSProperties, type ReactNode, useState } from "react";

import type { BoxMode } from "@/lib/choices";
import { useFormat, useLabelWords, useTranslation } from "@/lib/i18n";
import { getCrossOrigin } from "@/lib/pictures";
import type { Label } from "@/lib/tasks";

import {
  type Box,
  isCrowd,
  isLit,
  placeBox,
  sortBoxes,
  sortForReading,
  type Spotlight,
} from "./boxes";
import { PhotosIcon } from "./icons";
import { pickColors } from "./label-colors";
import classes from "./photo.module.css";
import { useArrowKeys } from "./use-arrow-keys";

type Props = {
  url: string | undefined;
  alt: string;
  labels: readonly Label[];
  onLoad: (image: HTMLImageElement) => void;
  onError?: () => void;
  /** If given, boxes can be pointed at and focused, and the other boxes fade. */
  spotlight?: Spotlight;
  mode?: BoxMode;
  isEager?: boolean;
  /** Between the picture and its boxes. */
  children?: ReactNode;
};

/** A picture with its boxes. It fills its parent, which must have the ratio of the picture. */
export function Photo(props: Props) {
  const { labels, spotlight, mode = "all" } = props;
  return (
    <div
      className={classes.photo}
      data-spotlight={spotlight && (spotlight.active ? "on" : "off")}
      data-boxes={mode}
      data-crowd={isCrowd(labels) || undefined}
    >
      <Picture {...props} />
      {props.children}
      {mode !== "none" && <Boxes labels={labels} spotlight={spotlight} />}
    </div>
  );
}

function Picture({ url, alt, onLoad, onError, isEager = false }: Props) {
  const { t } = useTranslation();
  const [hiddenUrl, setHiddenUrl] = useState<string>();
  if (!url) return null;
  if (url === hiddenUrl) {
    return (
      <span className={classes.hidden}>
        <PhotosIcon size={36} />
        {t("task.notShown")}
      </span>
    );
  }
  return (
    <img
      src={url}
      alt={alt}
      crossOrigin={getCrossOrigin(url)}
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
  );
}

type BoxesProps = { labels: readonly Label[]; spotlight: Spotlight | undefined };

function Boxes({ labels, spotlight }: BoxesProps) {
  const boxes = sortBoxes(labels);
  const colors = pickColors(labels);
  const styleOf = (box: Box) => placeBox(box, colors.get(box.label.name));
  if (boxes.length === 0) return null;
  if (spotlight) return <BoxButtons boxes={boxes} styleOf={styleOf} spotlight={spotlight} />;
  return boxes.map((box) => (
    <span key={nameKey(box)} className={classes.box} style={styleOf(box)} aria-hidden="true" />
  ));
}

type BoxButtonsProps = {
  boxes: readonly Box[];
  styleOf: (box: Box) => CSSProperties;
  spotlight: Spotlight;
};

function BoxButtons({ boxes, styleOf, spotlight }: BoxButtonsProps) {
  const { t } = useTranslation();
  const order = sortForReading(boxes).map(nameKey);
  const { current, onKeyDown, refOf, onFocusOf } = useArrowKeys(order);
  return (
    <div role="toolbar" aria-label={t("result.boxes")} onKeyDown={onKeyDown}>
      {boxes.map((box) => (
        <BoxButton
          key={nameKey(box)}
          ref={refOf(nameKey(box))}
          box={box}
          style={styleOf(box)}
          spotlight={spotlight}
          isStop={nameKey(box) === current}
          onFocus={() => {
            onFocusOf(nameKey(box));
          }}
        />
      ))}
    </div>
  );
}

const nameKey = ({ label, rank }: Box) => `${label.name}-${rank}`;

type BoxButtonProps = {
  ref: React.Ref<HTMLButtonElement>;
  box: Box;
  style: CSSProperties;
  spotlight: Spotlight;
  /** Whether Tab stops here. Arrow keys lead to the other boxes. */
  isStop: boolean;
  onFocus: () => void;
};

function BoxButton({ ref, box, style, spotlight, isStop, onFocus }: BoxButtonProps) {
  const { label, instance, rank } = box;
  const { t } = useTranslation();
  const format = useFormat();
  const { say, getLang } = useLabelWords();
  const { name } = label;
  const word = say(name);
  const confidence = format.confidence(instance.confidence);
  const show = () => {
    spotlight.setActive({ name, rank });
  };
  const hide = () => {
    spotlight.setActive(null);
  };
  return (
    <button
      ref={ref}
      type="button"
      tabIndex={isStop ? 0 : -1}
      className={classes.box}
      style={style}
      data-active={isLit(box, spotlight.active) || undefined}
      data-pointed={(isLit(box, spotlight.active) && spotlight.active?.rank === rank) || undefined}
      aria-label={t("result.box", { name: word, confidence, rank, count: label.instances.length })}
      onPointerEnter={show}
      onPointerLeave={hide}
      onFocus={() => {
        onFocus();
        show();
      }}
      onBlur={hide}
      onClick={show}
    >
      <span className={classes.name} data-at={box.nameAt} data-side={box.side}>
        <span lang={getLang(name)}>{word}</span>{" "}
        <span className={classes.confidence}>{confidence}</span>
      </span>
    </button>
  );
}
