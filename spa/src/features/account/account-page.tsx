import { Button, Switch } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Page } from "@/components/page";
import { Problem } from "@/components/problem";
import { notify } from "@/components/notify";
import { useStripMetadata } from "@/lib/choices";
import { AppError } from "@/lib/errors";
import { useServices, useSession } from "@/lib/services";

import classes from "./account-page.module.css";
import { Form, PasswordField, readField, useNewPasswordCheck } from "./form";

export function AccountPage() {
  const { t } = useTranslation();
  const { state } = useSession();
  const email = state.status === "signedOut" ? "" : state.user.email;
  return (
    <Page title={t("account.title")} lead={t("account.signedInAs", { email })} width="narrow">
      <section className={classes.section}>
        <h2>{t("account.changePassword")}</h2>
        <ChangePassword />
      </section>
      <section className={classes.section}>
        <h2>{t("account.privacy")}</h2>
        <StripMetadata />
      </section>
      <section className={classes.section}>
        <h2>{t("account.devices")}</h2>
        <p>{t("account.devicesLead")}</p>
        <SignOutButtons />
      </section>
    </Page>
  );
}

function StripMetadata() {
  const { t } = useTranslation();
  const { stripMetadata, setStripMetadata } = useStripMetadata();
  return (
    <Switch
      withThumbIndicator={false}
      checked={stripMetadata}
      onChange={(event) => {
        setStripMetadata(event.currentTarget.checked);
      }}
      label={t("account.stripMetadata")}
      description={t("account.stripMetadataWhy")}
    />
  );
}

function ChangePassword() {
  const { t } = useTranslation();
  const { session } = useSession();
  const checkPassword = useNewPasswordCheck("newPassword");
  const [round, setRound] = useState(0);
  return (
    <Form
      key={round}
      submit={t("account.changePassword")}
      check={checkPassword}
      action={async (fields) => {
        const [old, fresh] = [readField(fields, "password"), readField(fields, "newPassword")];
        await session.cognito.changePassword(old, fresh).catch(nameWrongPassword);
        void notify({ message: t("account.passwordChanged") });
        setRound(round + 1);
      }}
    >
      <PasswordField label={t("account.oldPassword")} />
      <PasswordField name="newPassword" label={t("account.newPassword")} isNew />
    </Form>
  );
}

/** Cognito has one error for a wrong address and a wrong password. Here it is the password. */
function nameWrongPassword(error: unknown): never {
  const isWrong = error instanceof AppError && error.code === "NotAuthorizedException";
  throw isWrong ? new AppError("wrong_password") : error;
}

function SignOutButtons() {
  const { t } = useTranslation();
  const { session, deletions } = useServices();
  const [error, setError] = useState<unknown>(null);
  const signOut = (everywhere: boolean) => {
    // After signing out nobody can undo pending deletions or send them, so send them now.
    deletions
      .commitAll()
      .then(() => session.signOut({ everywhere }))
      .catch(setError);
  };
  return (
    <>
      <Problem error={error} />
      <div className={classes.buttons}>
        <Button
          variant="default"
          onClick={() => {
            signOut(false);
          }}
        >
          {t("account.signOut")}
        </Button>
        <Button
          variant="default"
          onClick={() => {
            signOut(true);
          }}
        >
          {t("account.signOutEverywhere")}
        </Button>
      </div>
    </>
  );
}
