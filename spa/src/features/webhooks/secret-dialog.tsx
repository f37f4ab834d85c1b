import { Button, CopyButton, Modal, TextInput } from "@mantine/core";

import { useTranslation } from "@/lib/i18n";

import type { WebhookSecret } from "./webhooks";
import classes from "./webhooks-page.module.css";

type Props = { shown: WebhookSecret | null; onClose: () => void };

/** Shows a secret once. */
export function SecretDialog({ shown, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Modal.Root
      opened={shown !== null}
      onClose={onClose}
      // A click beside the dialog must not lose a secret that is shown once.
      closeOnClickOutside={false}
      lockScroll={false}
      centered
    >
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body className={classes.dialog}>
          <Modal.Title>{t("webhooks.secretReady")}</Modal.Title>
          <p>{t(shown?.previousSecretUntil ? "webhooks.rotated" : "webhooks.once")}</p>
          <TextInput
            label={t("webhooks.secret")}
            value={shown?.secret ?? ""}
            readOnly
            data-autofocus
            classNames={{ input: classes.secret }}
            onFocus={(event) => {
              event.currentTarget.select();
            }}
          />
          <div className={classes.buttons}>
            <CopyButton value={shown?.secret ?? ""}>
              {({ copied, copy }) => (
                <Button onClick={copy}>{t(copied ? "export.copied" : "api.copy")}</Button>
              )}
            </CopyButton>
            <Button variant="default" onClick={onClose}>
              {t("webhooks.done")}
            </Button>
          </div>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
