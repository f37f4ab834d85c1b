import { Button, Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { Page } from "@/components/page";
import { Problem } from "@/components/problem";
import { Section } from "@/components/section";
import { useFormat, useTranslation } from "@/lib/i18n";
import { useApi, useSession } from "@/lib/services";

import classes from "./account-page.module.css";
import { type Deletion, receiptQuery } from "./deletion";

/** What was deleted, when, and under which number. The user leaves when they have read it. */
export function DeletionReceipt({ first }: { first: Deletion }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { session } = useSession();
  const { data: deletion, error } = useQuery(receiptQuery(useApi(), first));
  const isDeleted = deletion.status === "deleted";
  const rows = [
    [t("deletion.number"), deletion.number],
    [t("deletion.asked"), format.dateTime(deletion.askedAt)],
    [t("deletion.results"), format.number(deletion.results)],
    [t("deletion.pictures"), format.number(deletion.pictures)],
    [t("deletion.files"), format.number(deletion.exports)],
    [
      t("deletion.account"),
      deletion.deletedAt ? format.dateTime(deletion.deletedAt) : t("deletion.notYet"),
    ],
  ] as const;
  return (
    <Page
      title={t(isDeleted ? "deletion.done" : "deletion.running")}
      lead={t(isDeleted ? "deletion.doneWhy" : "deletion.runningWhy")}
      width="narrow"
    >
      <Section title={t("deletion.receipt")}>
        <dl className={classes.receipt}>
          {rows.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <Problem error={error} />
        <div className={classes.buttons} role="status">
          {isDeleted ? (
            <Button
              onClick={() => {
                void session.forget();
              }}
            >
              {t("deletion.leave")}
            </Button>
          ) : (
            <Loader
              role="img"
              aria-label={t("deletion.running")}
              color="var(--ink-3)"
              type="dots"
            />
          )}
        </div>
      </Section>
    </Page>
  );
}
