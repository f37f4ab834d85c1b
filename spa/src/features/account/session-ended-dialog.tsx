import { Button, Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useSession } from "@/lib/services";

import { SignInForm } from "./sign-in-form";

/** Asks for the password over the page, so that nothing typed or queued is lost. */
export function SessionEndedDialog() {
  const { t } = useTranslation();
  const { session, state } = useSession();
  const isEnded = state.status === "ended";
  return (
    <Modal
      opened={isEnded}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      lockScroll={false}
      centered
      title={t("account.sessionEnded")}
    >
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
    </Modal>
  );
}
