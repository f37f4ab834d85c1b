import { TextInput } from "@mantine/core";
import { useState } from "react";

import { ExportLink } from "@/components/export-link";
import { Page } from "@/components/page";
import { Section } from "@/components/section";
import { AppError } from "@/lib/errors";
import { useTranslation } from "@/lib/i18n";
import { useServices, useSession } from "@/lib/services";

import { deleteAccount, type Deletion } from "./deletion";
import { DeletionReceipt } from "./deletion-receipt";
import { Form, PasswordField, readField } from "./form";
import { nameWrongPassword } from "./wrong-password";

/** Delete the account: offer the data first, ask for password and address, show the receipt. */
export function DeleteAccountPage() {
  const { t } = useTranslation();
  const [deletion, setDeletion] = useState<Deletion>();
  if (deletion) return <DeletionReceipt first={deletion} />;
  return (
    <Page title={t("deletion.title")} lead={t("deletion.lead")} width="narrow">
      <Section title={t("deletion.first")}>
        <p>{t("deletion.firstWhy")}</p>
        <ExportLink />
      </Section>
      <Section title={t("deletion.forGood")}>
        <p>{t("deletion.what")}</p>
        <Confirmation onDeleted={setDeletion} />
      </Section>
    </Page>
  );
}

function Confirmation({ onDeleted }: { onDeleted: (deletion: Deletion) => void }) {
  const { t } = useTranslation();
  const { api } = useServices();
  const { session, state } = useSession();
  const email = state.status === "signedOut" ? "" : state.user.email;
  const isTyped = (fields: FormData) =>
    readField(fields, "confirmation").trim().toLowerCase() === email.toLowerCase();
  return (
    <Form
      submit={t("deletion.delete")}
      check={(fields) => (isTyped(fields) ? undefined : t("deletion.notTyped", { email }))}
      action={async (fields) => {
        const password = readField(fields, "password");
        // A failed sign-in would end the session. This finds a wrong password without ending it.
        await session.cognito.changePassword(password, password).catch(nameWrongPassword);
        // The API takes only the token of a sign-in that was just now.
        const step = await session.signIn(email, password).catch(nameWrongPassword);
        if (step !== "done") throw new AppError("wrong_password");
        onDeleted(await deleteAccount(api, readField(fields, "confirmation")));
      }}
    >
      <TextInput
        name="confirmation"
        size="md"
        label={t("deletion.confirmation", { email })}
        autoComplete="off"
        required
        withAsterisk={false}
      />
      <PasswordField />
    </Form>
  );
}
