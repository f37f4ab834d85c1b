import { Button, Checkbox, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { Problem } from "@/components/problem";
import { ApiError } from "@/lib/errors";
import { useTranslation } from "@/lib/i18n";
import { useApi } from "@/lib/services";

import { createWebhook, EVENTS, type WebhookRequest } from "./webhooks";
import type { WebhookSecret } from "./webhooks";
import classes from "./webhooks-page.module.css";

type Event = WebhookRequest["events"][number];

/** Asks for an address and its events. */
export function NewWebhook({ onSecret }: { onSecret: (made: WebhookSecret) => void }) {
  const { t } = useTranslation();
  const [url, setUrl] = useState("");
  const [events, setEvents] = useState<string[]>(["task.succeeded", "task.failed"]);
  const create = useCreate((made) => {
    setUrl("");
    onSecret(made);
  });
  const isBadAddress = create.error instanceof ApiError && create.error.code === "invalid_request";
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    create.mutate({ url: url.trim(), events: events as Event[] });
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <TextInput
        label={t("webhooks.address")}
        description={t("webhooks.addressWhy")}
        placeholder="https://hooks.example.com/spotter"
        inputMode="url"
        value={url}
        onChange={(event) => {
          setUrl(event.currentTarget.value);
        }}
        error={isBadAddress && t("webhooks.badAddress")}
        required
        withAsterisk={false}
      />
      <Checkbox.Group label={t("webhooks.tell")} value={events} onChange={setEvents}>
        <div className={classes.choices}>
          {Object.entries(EVENTS).map(([event, text]) => (
            <Checkbox key={event} value={event} label={t(text)} />
          ))}
        </div>
      </Checkbox.Group>
      {!isBadAddress && <Problem error={create.error} />}
      <div className={classes.buttons}>
        <Button type="submit" loading={create.isPending}>
          {t("webhooks.create")}
        </Button>
      </div>
    </form>
  );
}

function useCreate(onMade: (made: WebhookSecret) => void) {
  const api = useApi();
  return useMutation({
    mutationFn: (wanted: WebhookRequest) => createWebhook(api, wanted),
    onSuccess: onMade,
  });
}
