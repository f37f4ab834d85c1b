import { Button, CopyButton, Modal, Radio, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { Problem } from "@/components/problem";
import { useTranslation } from "@/lib/i18n";
import { useApi } from "@/lib/services";

import { keysKey, type KeyRequest, makeKey, type NewKey } from "./keys";
import classes from "./keys-page.module.css";

type Props = { isOpen: boolean; onClose: () => void };

/** Asks what the key may do, then shows it once. */
export function NewKeyDialog({ isOpen, onClose }: Props) {
  const { t } = useTranslation();
  const [made, setMade] = useState<NewKey | null>(null);
  const close = () => {
    setMade(null);
    onClose();
  };
  return (
    <Modal.Root
      opened={isOpen}
      onClose={close}
      // A click beside the dialog must not lose a key that is shown once.
      closeOnClickOutside={!made}
      lockScroll={false}
      centered
    >
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body className={classes.dialog}>
          <Modal.Title>{t(made ? "keys.ready" : "keys.make")}</Modal.Title>
          {made ? (
            <Shown made={made} onClose={close} />
          ) : (
            <Wanted onMade={setMade} onClose={close} />
          )}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function Shown({ made, onClose }: { made: NewKey; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <>
      <p>{t("keys.once")}</p>
      <TextInput
        label={made.name}
        value={made.key}
        readOnly
        data-autofocus
        classNames={{ input: classes.secret }}
        onFocus={(event) => {
          event.currentTarget.select();
        }}
      />
      <div className={classes.buttons}>
        <CopyButton value={made.key}>
          {({ copied, copy }) => (
            <Button onClick={copy}>{t(copied ? "export.copied" : "api.copy")}</Button>
          )}
        </CopyButton>
        <Button variant="default" onClick={onClose}>
          {t("keys.done")}
        </Button>
      </div>
    </>
  );
}

const CHOICES = {
  both: ["read", "write"],
  read: ["read"],
  write: ["write"],
} as const satisfies Record<string, KeyRequest["scopes"]>;

function Wanted({ onMade, onClose }: { onMade: (made: NewKey) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const [scopes, setScopes] = useState<keyof typeof CHOICES>("both");
  const make = useMake(onMade);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    make.mutate(readWanted(fields, [...CHOICES[scopes]]));
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <TextInput
        name="name"
        label={t("keys.name")}
        description={t("keys.nameWhy")}
        maxLength={80}
        required
        withAsterisk={false}
        data-autofocus
      />
      <Radio.Group
        label={t("keys.may")}
        value={scopes}
        onChange={(value) => {
          setScopes(value);
        }}
      >
        <div className={classes.choices}>
          <Radio value="both" label={t("keys.both")} />
          <Radio value="read" label={t("keys.read")} />
          <Radio value="write" label={t("keys.write")} />
        </div>
      </Radio.Group>
      <div className={classes.pair}>
        <TextInput name="endsAt" type="date" label={t("keys.end")} min={tomorrow()} />
        <TextInput
          name="dailyLimit"
          type="number"
          label={t("keys.daily")}
          min={1}
          max={1_000_000}
          inputMode="numeric"
        />
      </div>
      <Problem error={make.error} />
      <div className={classes.buttons}>
        <Button type="submit" loading={make.isPending}>
          {t("keys.make")}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t("keys.cancel")}
        </Button>
      </div>
    </form>
  );
}

function useMake(onMade: (made: NewKey) => void) {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (wanted: KeyRequest) => makeKey(api, wanted),
    onSuccess: async (made) => {
      onMade(made);
      await queries.invalidateQueries({ queryKey: keysKey });
    },
  });
}

function readWanted(fields: FormData, scopes: KeyRequest["scopes"]): KeyRequest {
  const read = (name: string) => {
    const value = fields.get(name);
    return typeof value === "string" ? value.trim() : "";
  };
  return {
    name: read("name"),
    scopes,
    // The day that is chosen is the first one without the key.
    endsAt: read("endsAt") ? new Date(`${read("endsAt")}T00:00`).toISOString() : null,
    dailyLimit: read("dailyLimit") ? Number(read("dailyLimit")) : null,
  };
}

const DAY_MS = 86_400_000;

const tomorrow = () => new Date(Date.now() + DAY_MS).toISOString().slice(0, 10);
