import { ActionIcon, Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { announce } from "@/components/announcer";
import { TrashIcon } from "@/components/icons";
import { Problem } from "@/components/problem";
import { useFormat } from "@/lib/i18n";
import { useApi } from "@/lib/services";

import { type ApiKey, isOver, keysKey, revokeKey } from "./keys";
import classes from "./keys-page.module.css";

/** The user's keys, each with a button that revokes it after a question. */
export function KeyRows({ keys }: { keys: readonly ApiKey[] }) {
  return (
    <ul className={classes.rows}>
      {keys.map((key) => (
        <Row key={key.keyId} one={key} />
      ))}
    </ul>
  );
}

function Row({ one }: { one: ApiKey }) {
  const { t } = useTranslation();
  const [isAsking, setAsking] = useState(false);
  const revoke = useRevoke(one);
  return (
    <li className={classes.row}>
      <div className={classes.about}>
        <strong>{one.name}</strong>
        <code>{one.prefix}…</code>
        <Facts one={one} />
        <Problem error={revoke.error} />
      </div>
      {isAsking ? (
        <div className={classes.question} role="group" aria-label={t("keys.revokeThis", one)}>
          <span>{t("keys.revokeWhy")}</span>
          <Button
            color="red"
            size="compact-md"
            loading={revoke.isPending}
            onClick={() => {
              revoke.mutate();
            }}
          >
            {t("keys.revoke")}
          </Button>
          <Button
            variant="default"
            size="compact-md"
            onClick={() => {
              setAsking(false);
            }}
          >
            {t("keys.keep")}
          </Button>
        </div>
      ) : (
        <ActionIcon
          variant="subtle"
          size="lg"
          onClick={() => {
            setAsking(true);
          }}
          aria-label={t("keys.revokeThis", one)}
        >
          <TrashIcon size={18} />
        </ActionIcon>
      )}
    </li>
  );
}

function Facts({ one }: { one: ApiKey }) {
  const { t } = useTranslation();
  const format = useFormat();
  const facts = [
    one.scopes.length > 1
      ? t("keys.both")
      : t(one.scopes[0] === "read" ? "keys.read" : "keys.write"),
    one.endsAt && t(isOver(one) ? "keys.ended" : "keys.ends", { when: format.date(one.endsAt) }),
    one.dailyLimit && t("keys.limit", { count: one.dailyLimit }),
    one.lastUsedAt ? t("keys.used", { when: format.ago(one.lastUsedAt) }) : t("keys.unused"),
  ];
  return <span>{facts.filter(Boolean).join(" · ")}</span>;
}

function useRevoke({ keyId, name }: ApiKey) {
  const { t } = useTranslation();
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => revokeKey(api, keyId),
    onSuccess: async () => {
      announce(t("keys.revoked", { name }));
      await queries.invalidateQueries({ queryKey: keysKey });
    },
  });
}
