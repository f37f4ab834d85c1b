import { useErrorText, useFormat, useLabelWords, useTranslation } from "@/lib/i18n";
import { LIKELY, pickShown } from "@/lib/labels";
import type { Task } from "@/lib/tasks";

const MOST_GUESSES = 2;

/** What a finished task found, in one line, as a tile shows it and a screen reader hears it. */
export function useResultText() {
  const { t } = useTranslation();
  const format = useFormat();
  const errorText = useErrorText();
  const { say } = useLabelWords();
  return ({ status, error, labels }: Pick<Task, "status" | "error" | "labels">): string => {
    if (status === "failed") return errorText(error?.code ?? "internal_error", error?.message);
    if (status !== "succeeded") return t(`status.${status}`);
    const likely = pickShown(labels, LIKELY).map(({ name }) => say(name));
    if (likely.length > 0) return format.list(likely);
    const guesses = pickShown(labels, 0).slice(0, MOST_GUESSES);
    if (guesses.length === 0) return t("result.nothing");
    return t("result.perhaps", {
      names: guesses
        .map(({ name, confidence }) => `${say(name)} ${format.confidence(confidence)}`)
        .join(", "),
    });
  };
}
