import { Button, Radio } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { announce } from "@/components/announcer";
import { DownloadIcon } from "@/components/later-icons";
import { Problem } from "@/components/problem";
import { useLabelWords, useTranslation } from "@/lib/i18n";
import { useApi } from "@/lib/services";

import classes from "./exports-page.module.css";
import {
  beginExport,
  type Choice,
  type Export,
  exportsKey,
  type Format,
  FORMATS,
  TEXTS,
  type Wanted,
} from "./exports";
import { useOffered } from "./use-offered";

type Props = {
  /** Whether an export is being written. The API writes one at a time. */
  isBusy: boolean;
};

/** Choose photos and a format. */
export function ExportForm({ isBusy }: Props) {
  const { t } = useTranslation();
  const offered = useOffered();
  const isNarrow = Object.keys(offered).length > 0;
  const [isAll, setAll] = useState(!isNarrow);
  const [format, setFormat] = useState<Format>("originals");
  const begin = useBegin();
  const describe = useDescription();
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        begin.mutate({ format, ...(isAll ? {} : offered) });
      }}
    >
      {isNarrow && (
        <Radio.Group
          label={t("takeAway.which")}
          value={isAll ? "all" : "offered"}
          onChange={(value) => {
            setAll(value === "all");
          }}
        >
          <div className={classes.choices}>
            <Radio value="offered" label={describe(offered)} />
            <Radio value="all" label={t("takeAway.all")} />
          </div>
        </Radio.Group>
      )}
      <Radio.Group
        label={t(isNarrow ? "takeAway.how" : "takeAway.howAll")}
        value={format}
        onChange={(value) => {
          setFormat(value);
        }}
      >
        <div className={classes.choices}>
          {FORMATS.map((value) => (
            <Radio
              key={value}
              value={value}
              label={t(TEXTS[value].name)}
              description={t(TEXTS[value].why)}
            />
          ))}
        </div>
      </Radio.Group>
      <Problem error={begin.error} />
      {isBusy && <p className={classes.busy}>{t("takeAway.busy")}</p>}
      <div>
        <Button
          type="submit"
          leftSection={<DownloadIcon />}
          loading={begin.isPending}
          disabled={isBusy}
        >
          {t("takeAway.begin")}
        </Button>
      </div>
    </form>
  );
}

function useBegin() {
  const { t } = useTranslation();
  const api = useApi();
  const queries = useQueryClient();
  // Until an answer comes, a second try asks for the same export.
  const key = useRef<{ wanted: string; id: string }>(undefined);
  return useMutation({
    mutationFn: async (body: Wanted) => {
      const wanted = JSON.stringify(body);
      if (key.current?.wanted !== wanted) key.current = { wanted, id: crypto.randomUUID() };
      const begun = await beginExport(api, body, key.current.id);
      key.current = undefined;
      return begun;
    },
    onSuccess: async (begun) => {
      announce(t("takeAway.begun"));
      // Known at once, also to what tells its end if the user leaves the page now.
      queries.setQueryData<Export[]>(exportsKey, (present = []) => [
        begun,
        ...present.filter(({ exportId }) => exportId !== begun.exportId),
      ]);
      await queries.invalidateQueries({ queryKey: exportsKey });
    },
  });
}

/** What a choice is, in words. */
function useDescription() {
  const { t } = useTranslation();
  const { say } = useLabelWords();
  return ({ taskIds, label, query }: Choice) =>
    taskIds
      ? t("takeAway.selected", { count: taskIds.length })
      : t("takeAway.found", { words: label ? label.map(say).join(", ") : (query ?? "") });
}
