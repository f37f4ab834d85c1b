import { UnstyledButton } from "@mantine/core";

import { useLabelWords, useTranslation } from "@/lib/i18n";
import type { Word } from "@/lib/words";

import classes from "./word-chips.module.css";

const MOST_CHIPS = 8;

type Props = {
  words: readonly Word[];
  chosen: string | undefined;
  onChoose: (name: string) => void;
};

/** What is in most photos, with counts. One click searches for it, another one for everything. */
export function WordChips({ words, chosen, onChoose }: Props) {
  const { t } = useTranslation();
  const { say } = useLabelWords();
  const most = words.slice(0, MOST_CHIPS);
  const other = words.slice(MOST_CHIPS).filter(({ name }) => name === chosen);
  // The room stays the same, so that no photo moves when the words come.
  if (words.length === 0) return <div className={classes.chips} />;
  return (
    <ul className={classes.chips} aria-label={t("history.inPhotos")}>
      {[...most, ...other].map(({ name, count }) => (
        <li key={name}>
          <UnstyledButton
            className={classes.chip}
            aria-pressed={name === chosen}
            onClick={() => {
              onChoose(name === chosen ? "" : say(name));
            }}
          >
            {say(name)} <span className={classes.count}>{count}</span>
          </UnstyledButton>
        </li>
      ))}
    </ul>
  );
}
