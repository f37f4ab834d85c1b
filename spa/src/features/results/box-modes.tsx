import { BOX_MODES, type BoxMode } from "@/lib/choices";
import { useTranslation } from "@/lib/i18n";

import classes from "./box-modes.module.css";

type Props = { mode: BoxMode; setMode: (mode: BoxMode) => void };

/** Which boxes are drawn over the photo. */
export function BoxModes({ mode, setMode }: Props) {
  const { t } = useTranslation();
  return (
    <fieldset className={classes.modes}>
      <legend>{t("boxes.title")}</legend>
      {BOX_MODES.map((one) => (
        <label key={one}>
          <input
            type="radio"
            name="boxes"
            checked={one === mode}
            onChange={() => {
              setMode(one);
            }}
          />
          {t(`boxes.${one}`)}
        </label>
      ))}
    </fieldset>
  );
}
