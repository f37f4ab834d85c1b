import { useState } from "react";
import { Link } from "react-router";

import { useTranslation } from "@/lib/i18n";
import { useSession } from "@/lib/services";

import { AccountLayout } from "./account-layout";
import { CodeField, EmailField, Form, PasswordField, readField, useNewPasswordCheck } from "./form";

export function ForgotPasswordPage() {
  const { t } = useTranslation();
  const [email, setEmail] = useState<string>();
  return (
    <AccountLayout title={t("account.resetTitle")}>
      {email === undefined ? <RequestStep onSent={setEmail} /> : <ResetStep email={email} />}
    </AccountLayout>
  );
}

function RequestStep({ onSent }: { onSent: (email: string) => void }) {
  const { t } = useTranslation();
  const { session } = useSession();
  return (
    <Form
      submit={t("account.sendCode")}
      action={async (fields) => {
        const email = readField(fields, "email").trim();
        await session.cognito.requestReset(email);
        onSent(email);
      }}
      footer={<Link to="/sign-in">{t("account.backToSignIn")}</Link>}
    >
      <p>{t("account.resetLead")}</p>
      <EmailField />
    </Form>
  );
}

function ResetStep({ email }: { email: string }) {
  const { t } = useTranslation();
  const { session } = useSession();
  const checkPassword = useNewPasswordCheck();
  return (
    <Form
      submit={t("account.setPassword")}
      check={checkPassword}
      action={async (fields) => {
        const password = readField(fields, "password");
        await session.cognito.resetPassword(email, readField(fields, "code").trim(), password);
        await session.signIn(email, password);
      }}
    >
      <p>{t("account.resetSent", { email })}</p>
      <CodeField />
      <PasswordField label={t("account.newPassword")} isNew />
    </Form>
  );
}
