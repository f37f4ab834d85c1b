import { Slider } from "@mantine/core";
import { Link } from "react-router";

import type { Spotlight } from "@/components/boxes";
import { pickColors } from "@/components/label-colors";
import { useFormat, useLabelWords, useTranslation } from "@/lib/i18n";
import { findBoxed, LIKELY } from "@/lib/labels";
import type { Label, Task } from "@/lib/tasks";

import { Correctable } from "./corrections/correctable";
import { Corrections } from "./corrections/corrections";
import { Crops } from "./crops";
import classes from "./label-list.module.css";

type Props = {
  task: Task;
  labels: Label[];
  total: number;
  range: { from: number; least: number; setLeast: (least: number) => void };
  spotlight: Spotlight;
  isCorrectable: boolean;
};

export function LabelList({ task, labels, total, range, spotlight, isCorrectable }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  if (total === 0) {
    return (
      <div>
        <h2>{t("result.nothing")}</h2>
        <p className={classes.why}>
          {t("result.nothingWhy")} <NamesLink />
        </p>
        {isCorrectable && <Corrections task={task} />}
      </div>
    );
  }
  const colors = pickColors(labels);
  const isUnsure = labels.every(({ confidence }) => confidence < LIKELY);
  return (
    <section>
      <h2>{t(isUnsure ? "result.unsure" : "result.labels")}</h2>
      {isUnsure && (
        <p className={classes.why}>
          {t("result.unsureWhy")} <NamesLink />
        </p>
      )}
      <ul className={classes.list}>
        {labels.map((label) => (
          <li key={label.name}>
            <Correctable task={task} name={label.name} isOff={!isCorrectable}>
              <LabelRow
                label={label}
                target={findBoxed(label, labels)}
                color={colors.get(findBoxed(label, labels))}
                spotlight={spotlight}
              />
            </Correctable>
            {label.instances.length > 1 && (
              <Crops task={task} label={label} spotlight={spotlight} />
            )}
          </li>
        ))}
      </ul>
      {isCorrectable && <Corrections task={task} />}
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

function NamesLink() {
  const { t } = useTranslation();
  return <Link to="/names">{t("names.all")}</Link>;
}

type RowProps = {
  label: Label;
  /** The label whose boxes are highlighted. */
  target: string;
  color: string | undefined;
  spotlight: Spotlight;
};

function LabelRow({ label, target, color, spotlight }: RowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { say, getLang } = useLabelWords();
  const { name, confidence, parents, instances } = label;
  const nearest = parents[0];
  const show = () => {
    spotlight.setActive({ name: target });
  };
  const hide = () => {
    spotlight.setActive(null);
  };
  return (
    <button
      type="button"
      className={classes.row}
      data-active={spotlight.active?.name === target || undefined}
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
          <span className={classes.places}>{t("result.places", { count: instances.length })}</span>
        )}
      </span>
      <span className={classes.bar} aria-hidden="true">
        <span data-bar style={{ width: `${confidence}%`, background: color }} />
      </span>
    </button>
  );
}
