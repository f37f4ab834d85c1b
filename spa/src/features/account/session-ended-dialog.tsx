import { Button, Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useSession } from "@/lib/services";

import classes from "./session-ended-dialog.module.css";
import { SignInForm } from "./sign-in-form";

/** Asks for the password over the page, so that nothing typed or queued is lost. */
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
        {/* Without Modal.Header: it would be a second banner of the page. */}
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
