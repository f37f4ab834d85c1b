import { Button, Modal } from "@mantine/core";

import { useTranslation } from "@/lib/i18n";
import { useSession } from "@/lib/services";

import classes from "./session-ended-dialog.module.css";
import { SignInForm } from "./sign-in-form";

/** Asks for the password in a dialog over the page, so that the page keeps its state. */
export function SessionEndedDialog() {
  const { t } = useTranslation();
  const { session, state } = useSession();
  const isEnded = state.status === "ended";
  return (
    <Modal.Root
      opened={isEnded}
      onClose={() => undefined}
      closeOnEscape={false}
      closeOnClickOutside={false}
      lockScroll={false}
      centered
    >
      <Modal.Overlay />
      <Modal.Content>
        {/* No Modal.Header: it would be a second banner landmark. */}
        <Modal.Body className={classes.body}>
          <Modal.Title>{t("account.sessionEnded")}</Modal.Title>
          <p>{t("account.sessionEndedWhy")}</p>
          {isEnded && (
            <SignInForm
              email={state.user.email}
              footer={
                <Button
                  variant="subtle"
                  size="compact-md"
                  onClick={() => {
                    void session.forget();
                  }}
                >
                  {t("account.somebodyElse")}
                </Button>
              }
            />
          )}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
