import { Link } from "react-router";

import { useTranslation } from "@/lib/i18n";

import { AccountLayout } from "./account-layout";
import { SignInForm } from "./sign-in-form";

export function SignInPage() {
  const { t } = useTranslation();
  return (
    <AccountLayout title={t("account.signIn")} heading={t("account.welcomeBack")}>
      <SignInForm
        footer={
          <>
            <Link to="/forgot-password">{t("account.forgot")}</Link>
            <Link to="/sign-up">{t("account.signUp")}</Link>
          </>
        }
      />
    </AccountLayout>
  );
}
