import { TextInput } from "@mantine/core";
import { useRef, useState } from "react";

import { ExportLink } from "@/components/export-link";
import { Page } from "@/components/page";
import { Section } from "@/components/section";
import { AppError, isPassing } from "@/lib/errors";
import { useTranslation } from "@/lib/i18n";
import { useServices, useSession } from "@/lib/services";
import type { Session } from "@/lib/session";

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
  // The answer may be lost although the account is deleted. Its password is gone then too, but the
  // API repeats the receipt for the token of that sign-in.
  const isLost = useRef(false);
  const isTyped = (fields: FormData) =>
    readField(fields, "confirmation").trim().toLowerCase() === email.toLowerCase();
  return (
    <Form
      submit={t("deletion.delete")}
      check={(fields) => (isTyped(fields) ? undefined : t("deletion.notTyped", { email }))}
      action={async (fields) => {
        if (!isLost.current) await signInAgain(session, email, readField(fields, "password"));
        try {
          onDeleted(await deleteAccount(api, readField(fields, "confirmation")));
        } catch (error) {
          isLost.current = isPassing(error);
          throw error;
        }
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

/** The API takes only the token of a sign-in that was just now. */
async function signInAgain(session: Session, email: string, password: string) {
  // A failed sign-in would end the session. This finds a wrong password without ending it.
  await session.cognito.changePassword(password, password).catch(nameWrongPassword);
  const step = await session.signIn(email, password).catch(nameWrongPassword);
  if (step !== "done") throw new AppError("wrong_password");
}
