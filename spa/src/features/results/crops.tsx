import type { CSSProperties } from "react";

import type { Spotlight } from "@/components/boxes";
import { useFormat, useLabelWords, useTranslation } from "@/lib/i18n";
import { getCrossOrigin } from "@/lib/pictures";
import type { Instance, Label, Task } from "@/lib/tasks";
import { usePicture } from "@/lib/use-picture";

import classes from "./crops.module.css";

type Props = { task: Task; label: Label; spotlight: Spotlight };

/** Each place of a label: what is in its box, and how sure it is. Pointing at one lights its box. */
export function Crops({ task, label, spotlight }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { say } = useLabelWords();
  const { picture } = usePicture(task, "preview");
  const { name, instances } = label;
  const { active } = spotlight;
  if (!picture?.width || !picture.height) return null;
  const ratio = picture.width / picture.height;
  return (
    <ol className={classes.crops} aria-label={t("result.crops", { name: say(name) })}>
      {instances.map((instance, i) => (
        <li
          key={i}
          data-active={(active?.name === name && active.rank === i + 1) || undefined}
          onPointerEnter={() => {
            spotlight.setActive({ name, rank: i + 1 });
          }}
          onPointerLeave={() => {
            spotlight.setActive(null);
          }}
        >
          <span className={classes.crop} aria-hidden="true">
            <img
              src={picture.url}
              alt=""
              crossOrigin={getCrossOrigin(picture.url)}
              style={cutOut(instance, ratio)}
            />
          </span>
          {format.confidence(instance.confidence)}
        </li>
      ))}
    </ol>
  );
}

/** Enlarge and move the picture, so that a square frame shows the box and what is around it. */
function cutOut({ boundingBox: box }: Instance, ratio: number): CSSProperties {
  // In heights of the picture
  const side = Math.max(box.width * ratio, box.height);
  const left = (box.left + box.width / 2) * ratio - side / 2;
  const top = box.top + box.height / 2 - side / 2;
  const percent = (length: number) => `${(100 * length) / side}%`;
  return { width: percent(ratio), height: percent(1), left: percent(-left), top: percent(-top) };
}
