import { Button, Switch } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";

import { ExportLink } from "@/components/export-link";
import { Page } from "@/components/page";
import { Problem } from "@/components/problem";
import { Section } from "@/components/section";
import { notify } from "@/components/notify";
import { STRIPS_AT_FIRST, useDefaults } from "@/lib/defaults";
import { useTranslation } from "@/lib/i18n";
import { useSharing } from "@/lib/sharing";
import { useServices, useSession } from "@/lib/services";

import classes from "./account-page.module.css";
import { Form, PasswordField, readField, useNewPasswordCheck } from "./form";
import { nameWrongPassword } from "./wrong-password";

export function AccountPage() {
  const { t } = useTranslation();
  const { state } = useSession();
  const email = state.status === "signedOut" ? "" : state.user.email;
  return (
    <Page title={t("account.title")} lead={t("account.signedInAs", { email })} width="narrow">
      <Section title={t("account.changePassword")}>
        <ChangePassword />
      </Section>
      <Section title={t("account.photos")}>
        <p>{t("account.photosLead")}</p>
        <PhotoDefaults />
      </Section>
      <Section title={t("account.sharing")}>
        <p>{t("account.sharingLead")}</p>
        <ShareCorrections />
      </Section>
      <Section title={t("account.takeAway")}>
        <p>{t("account.takeAwayLead")}</p>
        <ExportLink />
      </Section>
      <Section title={t("account.keys")}>
        <p>{t("account.keysLead")}</p>
        <div className={classes.buttons}>
          <Button component={Link} to="/account/keys" variant="default">
            {t("account.keysLink")}
          </Button>
          {/* On a phone this is the way to it. */}
          <Button component={Link} to="/api" variant="default">
            {t("nav.api")}
          </Button>
        </div>
      </Section>
      <Section title={t("account.webhooks")}>
        <p>{t("account.webhooksLead")}</p>
        <Button component={Link} to="/account/webhooks" variant="default">
          {t("account.webhooks")}
        </Button>
      </Section>
      <Section title={t("account.devices")}>
        <p>{t("account.devicesLead")}</p>
        <SignOutButtons />
      </Section>
      <Section title={t("account.delete")}>
        <p>{t("account.deleteLead")}</p>
        <Button component={Link} to="/account/delete" variant="default">
          {t("account.delete")}
        </Button>
      </Section>
    </Page>
  );
}

function PhotoDefaults() {
  const { t } = useTranslation();
  const { defaults, error, choose } = useDefaults();
  return (
    <div className={classes.switches}>
      <Problem error={error} />
      <Switch
        withThumbIndicator={false}
        disabled={!defaults}
        checked={defaults?.stripMetadata ?? STRIPS_AT_FIRST}
        onChange={(event) => {
          choose({ stripMetadata: event.currentTarget.checked });
        }}
        label={t("account.stripMetadata")}
        description={t("account.stripMetadataWhy")}
      />
      <Switch
        withThumbIndicator={false}
        disabled={!defaults}
        checked={defaults?.detail === "fine"}
        onChange={(event) => {
          choose({ detail: event.currentTarget.checked ? "fine" : "fast" });
        }}
        label={t("account.lookCloser")}
        description={t("account.lookCloserWhy")}
      />
    </div>
  );
}

function ShareCorrections() {
  const { t } = useTranslation();
  const { sharing, error, choose } = useSharing();
  return (
    <div className={classes.switches}>
      <Problem error={error} />
      <Switch
        withThumbIndicator={false}
        disabled={!sharing}
        checked={sharing?.corrections ?? false}
        onChange={(event) => {
          choose(event.currentTarget.checked);
        }}
        label={t("account.shareCorrections")}
        description={t("account.shareCorrectionsWhy")}
      />
    </div>
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

function SignOutButtons() {
  const { t } = useTranslation();
  const { session, deletions } = useServices();
  const [error, setError] = useState<unknown>(null);
  const signOut = (everywhere: boolean) => {
    // After signing out nobody can undo pending deletions or send them, so send them now.
    deletions
      .commit()
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
