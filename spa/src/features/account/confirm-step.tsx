import { Button } from "@mantine/core";
import { useState } from "react";

import { announce } from "@/components/announcer";
import { Problem } from "@/components/problem";
import { useTranslation } from "@/lib/i18n";
import { useSession } from "@/lib/services";

import { CodeField, Form, readField } from "./form";

type Props = {
  email: string;
  /** Whether a code was sent just now. After a sign-in, only the code of the sign-up exists. */
  isSent: boolean;
  onConfirmed: () => Promise<void>;
};

/** Confirms an e-mail address with the code that was sent to it. */
export function ConfirmStep({ email, isSent, onConfirmed }: Props) {
  const { t } = useTranslation();
  const { cognito } = useSession().session;
  const [resent, setResent] = useState<"no" | "yes">("no");
  const [error, setError] = useState<unknown>(null);

  const resend = async () => {
    setError(null);
    try {
      await cognito.resendCode(email);
      setResent("yes");
      announce(t("account.resent"));
    } catch (failure) {
      setError(failure);
    }
  };

  return (
    <Form
      submit={t("account.confirm")}
      action={async (fields) => {
        await cognito.confirmSignUp(email, readField(fields, "code").trim());
        await onConfirmed();
      }}
      footer={
        <>
          <span>{resent === "yes" ? t("account.resent") : t("account.noCode")}</span>
          <Button variant="subtle" size="compact-md" onClick={resend}>
            {t("account.resend")}
          </Button>
          <Problem error={error} />
        </>
      }
    >
      <p>{t(isSent ? "account.codeSent" : "account.notConfirmed", { email })}</p>
      <CodeField />
    </Form>
  );
}
