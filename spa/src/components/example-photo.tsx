import example from "@/assets/example.json";
import photo from "@/assets/example.jpg";
import { useFormat, useLabelWords, useTranslation } from "@/lib/i18n";
import { findBoxed, LIKELY, pickShown } from "@/lib/labels";

import { pickColors } from "./label-colors";
import classes from "./example-photo.module.css";
import { Photo } from "./photo";

/** Shows what a result looks like: a real photo with Spotter's answer for it. */
export function ExamplePhoto() {
  const { t } = useTranslation();
  const format = useFormat();
  const { say, getLang } = useLabelWords();
  const labels = pickShown(example.labels, LIKELY);
  const colors = pickColors(labels);
  return (
    <figure className={classes.example}>
      <div className={classes.photo} style={{ aspectRatio: example.width / example.height }}>
        <Photo
          url={photo}
          alt={t("welcome.example")}
          labels={labels}
          onLoad={() => undefined}
          isEager
        />
      </div>
      <figcaption className={classes.labels}>
        {labels.map((label) => (
          <span key={label.name} className={classes.label} lang={getLang(label.name)}>
            <span
              className={classes.dot}
              style={{ background: colors.get(findBoxed(label, labels)) }}
            />
            {say(label.name)}
            <span className={classes.confidence}>{format.confidence(label.confidence)}</span>
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
