import { useFormat, useTranslation } from "@/lib/i18n";
import type { Task } from "@/lib/tasks";

import classes from "./properties.module.css";

type Found = NonNullable<Task["properties"]>;

/** Colours, brightness, sharpness and contrast of the photo. */
export function Properties({ found }: { found: Found }) {
  const { t } = useTranslation();
  return (
    <section className={classes.properties} aria-labelledby="properties">
      <h2 id="properties">{t("properties.title")}</h2>
      <Colors colors={found.dominantColors} />
      <dl className={classes.quality}>
        {(["brightness", "sharpness", "contrast"] as const).map((name) => (
          <div key={name}>
            <dt>{t(`properties.${name}`)}</dt>
            <dd>{Math.round(found.quality[name])}</dd>
            <span className={classes.bar} aria-hidden="true">
              <span data-bar style={{ width: `${found.quality[name]}%` }} />
            </span>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Colors({ colors }: { colors: Found["dominantColors"] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      <div className={classes.strip} aria-hidden="true">
        {colors.map(({ hexCode, pixelPercent }) => (
          <span key={hexCode} data-swatch style={{ background: hexCode, flexGrow: pixelPercent }} />
        ))}
      </div>
      <ul className={classes.colors} aria-label={t("properties.colors")}>
        {colors.map(({ hexCode, simplifiedColor, pixelPercent }) => (
          <li key={hexCode}>
            <span
              className={classes.swatch}
              data-swatch
              style={{ background: hexCode }}
              aria-hidden="true"
            />
            <span>{t(`colors.${simplifiedColor}`)}</span>
            <code>{hexCode}</code>
            <span className={classes.share}>{format.confidence(pixelPercent)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
