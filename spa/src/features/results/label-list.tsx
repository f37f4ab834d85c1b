import { Slider } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { pickColors } from "@/components/label-colors";
import { useFormat, useLabelWords } from "@/lib/i18n";
import { findBoxed } from "@/lib/labels";
import type { Label } from "@/lib/tasks";

import classes from "./label-list.module.css";

type Props = {
  labels: Label[];
  total: number;
  range: { from: number; least: number; setLeast: (least: number) => void };
  spotlight: { active: string | null; setActive: (name: string | null) => void };
};

export function LabelList({ labels, total, range, spotlight }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  if (total === 0) {
    return (
      <div>
        <h2>{t("result.nothing")}</h2>
        <p className={classes.why}>{t("result.nothingWhy")}</p>
      </div>
    );
  }
  const colors = pickColors(labels);
  return (
    <section>
      <h2>{t("result.labels")}</h2>
      <ul className={classes.list}>
        {labels.map((label) => (
          <LabelRow
            key={label.name}
            label={label}
            target={findBoxed(label, labels)}
            color={colors.get(findBoxed(label, labels))}
            spotlight={spotlight}
          />
        ))}
      </ul>
      <div className={classes.slider}>
        <div className={classes.sliderHead} id="least-confidence">
          {t("result.slider")}
          <output>{format.confidence(range.least)}</output>
        </div>
        <Slider
          value={range.least}
          onChange={range.setLeast}
          min={Math.floor(range.from)}
          max={100}
          step={1}
          label={null}
          thumbProps={{ "aria-labelledby": "least-confidence" }}
        />
        <p className={classes.shown}>{t("result.shown", { shown: labels.length, total })}</p>
      </div>
    </section>
  );
}

type RowProps = {
  label: Label;
  /** The label whose boxes are highlighted. */
  target: string;
  color: string | undefined;
  spotlight: Props["spotlight"];
};

function LabelRow({ label, target, color, spotlight }: RowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { say, getLang } = useLabelWords();
  const { name, confidence, parents, instances } = label;
  const nearest = parents[0];
  const show = () => {
    spotlight.setActive(target);
  };
  const hide = () => {
    spotlight.setActive(null);
  };
  return (
    <li>
      <button
        type="button"
        className={classes.row}
        data-active={spotlight.active === target || undefined}
        onPointerEnter={show}
        onPointerLeave={hide}
        onFocus={show}
        onBlur={hide}
        onClick={show}
      >
        <span className={classes.swatch} style={{ background: color }} aria-hidden="true" />
        <span className={classes.words}>
          <span className={classes.name} lang={getLang(name)}>
            {say(name)}
          </span>
          {nearest && (
            <span className={classes.parents} lang={getLang(nearest.name)}>
              {parents.map((parent) => say(parent.name)).join(" › ")}
            </span>
          )}
        </span>
        <span className={classes.numbers}>
          <span className={classes.confidence}>{format.confidence(confidence)}</span>
          {instances.length > 1 && (
            <span className={classes.places}>
              {t("result.places", { count: instances.length })}
            </span>
          )}
        </span>
        <span className={classes.bar} aria-hidden="true">
          <span style={{ width: `${confidence}%`, background: color }} />
        </span>
      </button>
    </li>
  );
}
