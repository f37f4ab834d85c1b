import { useFormat, useLabelWords, useTranslation } from "@/lib/i18n";
import { useStore } from "@/lib/store";

import type { LiveView } from "./live-view";
import classes from "./name-list.module.css";

type Props = { view: LiveView; pickColor: (name: string) => string };

/** What is in view now. Screen readers hear of changes through the page's announcer. */
export function NameList({ view, pickColor }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { say, getLang } = useLabelWords();
  const { status } = useStore(view.loop);
  const names = useStore(view.names);
  return (
    <section className={classes.names}>
      <h2>{t("live.inView")}</h2>
      {names.length === 0 && (
        <p className={classes.nothing}>
          {t(status === "watching" ? "live.nothing" : "live.nothingYet")}
        </p>
      )}
      <ul>
        {names.map(({ name, confidence, hasBox }) => (
          <li key={name}>
            <span
              className={classes.dot}
              style={{ background: hasBox ? pickColor(name) : undefined }}
              aria-hidden="true"
            />
            <span lang={getLang(name)}>{say(name)}</span>
            <span className={classes.confidence}>{format.confidence(confidence)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
