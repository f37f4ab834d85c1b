import { ActionIcon } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { announce } from "@/components/announcer";
import { Confirmed } from "@/components/confirmed";
import { TrashIcon } from "@/components/icons";
import { Problem } from "@/components/problem";
import { Row, Rows } from "@/components/rows";
import { useFormat, useTranslation } from "@/lib/i18n";
import { useApi } from "@/lib/services";

import { type ApiKey, isOver, keysKey, revokeKey } from "./keys";

/** The user's keys, each with a button that revokes it after a question. */
export function KeyRows({ keys }: { keys: readonly ApiKey[] }) {
  return (
    <Rows>
      {keys.map((key) => (
        <KeyRow key={key.keyId} one={key} />
      ))}
    </Rows>
  );
}

function KeyRow({ one }: { one: ApiKey }) {
  const { t } = useTranslation();
  const revoke = useRevoke(one);
  return (
    <Row
      about={
        <>
          <strong>{one.name}</strong>
          <code>{one.prefix}…</code>
          <Facts one={one} />
          <Problem error={revoke.error} />
        </>
      }
    >
      <Confirmed
        label={t("keys.revokeThis", one)}
        question={t("keys.revokeWhy")}
        yes={t("keys.revoke")}
        no={t("keys.keep")}
        isPending={revoke.isPending}
        onYes={() => {
          revoke.mutate();
        }}
      >
        {(ask) => (
          <ActionIcon variant="subtle" size="lg" aria-label={t("keys.revokeThis", one)} {...ask}>
            <TrashIcon size={18} />
          </ActionIcon>
        )}
      </Confirmed>
    </Row>
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
