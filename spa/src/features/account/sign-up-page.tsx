import { useState } from "react";
import { Link } from "react-router";

import { AppError } from "@/lib/errors";
import { useTranslation } from "@/lib/i18n";
import { useSession } from "@/lib/services";

import { AccountLayout } from "./account-layout";
import { ConfirmStep } from "./confirm-step";
import { EmailField, Form, PasswordField, readField, useNewPasswordCheck } from "./form";

export function SignUpPage() {
  const { t } = useTranslation();
  const { session } = useSession();
  const checkPassword = useNewPasswordCheck();
  const [typed, setTyped] = useState<{ email: string; password: string }>();

  if (typed) {
    return (
      <AccountLayout title={t("account.confirmTitle")}>
        <ConfirmStep
          email={typed.email}
          isSent
          onConfirmed={async () => {
            await session.signIn(typed.email, typed.password);
          }}
        />
      </AccountLayout>
    );
  }
  return (
    <AccountLayout title={t("account.signUp")}>
      <Form
        submit={t("account.signUp")}
        check={checkPassword}
        action={async (fields) => {
          const email = readField(fields, "email").trim();
          const password = readField(fields, "password");
          await session.cognito.signUp(email, password).catch(nameInviteOnly);
          setTyped({ email, password });
        }}
        footer={
          <span>
            {t("account.haveAccount")} <Link to="/sign-in">{t("account.signIn")}</Link>
          </span>
        }
      >
        <EmailField />
        <PasswordField isNew />
      </Form>
    </AccountLayout>
  );
}

/** A pool that takes no sign-ups answers as if the password were wrong. */
function nameInviteOnly(error: unknown): never {
  const isClosed = error instanceof AppError && error.code === "NotAuthorizedException";
  throw isClosed ? new AppError("invite_only") : error;
}
