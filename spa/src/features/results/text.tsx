import { Button } from "@mantine/core";

import { CopyIcon } from "@/components/later-icons";
import { notify } from "@/components/notify";
import { useTranslation } from "@/lib/i18n";
import type { PictureText } from "@/lib/tasks";

import classes from "./text.module.css";

/** Which line is pointed at, by its place. */
export type LineSpotlight = { active: number | null; setActive: (line: number | null) => void };

type Props = { found: PictureText; spotlight: LineSpotlight };

/** The text in the photo, line by line. */
export function Text({ found, spotlight }: Props) {
  const { t } = useTranslation();
  const { lines, truncated } = found;
  const copy = async () => {
    await navigator.clipboard.writeText(lines.map(({ text }) => text).join("\n"));
    void notify({ message: t("export.copied") });
  };
  return (
    <section className={classes.text} aria-labelledby="text">
      <div className={classes.head}>
        <h2 id="text">{t("text.title")}</h2>
        {lines.length > 0 && (
          <Button
            variant="default"
            size="xs"
            leftSection={<CopyIcon size={16} />}
            onClick={() => void copy()}
          >
            {t("text.copy")}
          </Button>
        )}
      </div>
      {lines.length === 0 && <p className={classes.note}>{t("text.none")}</p>}
      {/* Many lines scroll, also by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <ol className={classes.lines} aria-label={t("text.lines")} tabIndex={0}>
        {lines.map(({ text }, place) => (
          <li
            key={place}
            data-active={spotlight.active === place || undefined}
            onPointerEnter={() => {
              spotlight.setActive(place);
            }}
            onPointerLeave={() => {
              spotlight.setActive(null);
            }}
          >
            {text}
          </li>
        ))}
      </ol>
      {truncated && <p className={classes.note}>{t("text.truncated")}</p>}
    </section>
  );
}

/** Outlines of the lines, over the photo. The list beside the photo has their words. */
export function TextOutlines({ found, spotlight }: Props) {
  return (
    <svg
      className={classes.outlines}
      viewBox="0 0 1 1"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {found.lines.map(({ polygon }, place) => {
        const points = polygon.map(({ x, y }) => `${x},${y}`).join(" ");
        return (
          <g key={place} data-active={spotlight.active === place || undefined}>
            <polygon className={classes.seam} points={points} />
            <polygon points={points} />
          </g>
        );
      })}
    </svg>
  );
}
