import { Checkbox } from "@mantine/core";
import { useState } from "react";

import { useStay } from "@/lib/choices";
import type { SignInStep } from "@/lib/cognito";
import { useTranslation } from "@/lib/i18n";
import { useSession } from "@/lib/services";

import { ConfirmStep } from "./confirm-step";
import { EmailField, Form, PasswordField, readField, useNewPasswordCheck } from "./form";

type Props = {
  /** The user whose session ended. Only this user can sign in with the form then. */
  email?: string;
  footer?: React.ReactNode;
};

/** Sign-in, with the extra steps that some accounts need. */
export function SignInForm({ email, footer }: Props) {
  const { t } = useTranslation();
  const { session } = useSession();
  const checkPassword = useNewPasswordCheck();
  const [step, setStep] = useState<SignInStep>("done");
  const [typed, setTyped] = useState({ email: email ?? "", password: "" });

  if (step === "confirmAddress") {
    return (
      <ConfirmStep
        email={typed.email}
        isSent={false}
        onConfirmed={async () => {
          await session.signIn(typed.email, typed.password);
        }}
      />
    );
  }
  if (step === "choosePassword") {
    return (
      <Form
        key="choose"
        submit={t("account.setPassword")}
        check={checkPassword}
        action={async (fields) => {
          await session.chooseFirstPassword(readField(fields, "password"));
        }}
      >
        <p>{t("account.firstPassword")}</p>
        <PasswordField label={t("account.newPassword")} isNew />
      </Form>
    );
  }
  return (
    <Form
      submit={t("account.signIn")}
      action={async (fields) => {
        const given = {
          email: readField(fields, "email").trim(),
          password: readField(fields, "password"),
        };
        setTyped(given);
        setStep(await session.signIn(given.email, given.password));
      }}
      footer={footer}
    >
      <EmailField {...(email && { defaultValue: email, readOnly: true })} />
      <PasswordField isFirst={email !== undefined} />
      {email === undefined && <StayChoice />}
    </Form>
  );
}

function StayChoice() {
  const { t } = useTranslation();
  const { stay, setStay } = useStay();
  return (
    <Checkbox
      checked={stay}
      onChange={(event) => {
        setStay(event.currentTarget.checked);
      }}
      label={t("account.stay")}
      description={t("account.stayWhy")}
    />
  );
}
