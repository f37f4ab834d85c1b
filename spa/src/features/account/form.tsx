import { Button, PasswordInput, TextInput } from "@mantine/core";
import { type SubmitEvent, type ReactNode, useState } from "react";

import { Problem } from "@/components/problem";
import { useTranslation } from "@/lib/i18n";

import classes from "./form.module.css";

type FormProps = {
  submit: string;
  /** Handles the fields. The form shows the error that it throws. */
  action: (fields: FormData) => Promise<void>;
  /** Checks the fields before anything is sent. */
  check?: (fields: FormData) => string | undefined;
  children: ReactNode;
  footer?: ReactNode;
};

/** A form that keeps its input after an error. */
export function Form({ submit, action, check, children, footer }: FormProps) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const run = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    setBusy(true);
    setError(null);
    try {
      const complaint = check?.(fields);
      if (complaint) throw new InvalidFields(complaint);
      await action(fields);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form className={classes.form} onSubmit={run}>
      {children}
      {error instanceof InvalidFields ? (
        <p className={classes.complaint} role="alert">
          {error.message}
        </p>
      ) : (
        <Problem error={error} />
      )}
      <Button type="submit" size="md" fullWidth loading={isBusy}>
        {submit}
      </Button>
      {footer && <div className={classes.footer}>{footer}</div>}
    </form>
  );
}

class InvalidFields extends Error {}

export const readField = (fields: FormData, name: string) => {
  const value = fields.get(name);
  return typeof value === "string" ? value : "";
};

type EmailFieldProps = { defaultValue?: string; readOnly?: boolean };

export function EmailField(props: EmailFieldProps) {
  const { t } = useTranslation();
  return (
    <TextInput
      name="email"
      type="email"
      size="md"
      label={t("account.email")}
      autoComplete="username"
      required
      withAsterisk={false}
      {...props}
    />
  );
}

type PasswordFieldProps = {
  name?: string;
  label?: string;
  isNew?: boolean;
  /** Set for the first field of a dialog. */
  isFirst?: boolean;
};

export function PasswordField(props: PasswordFieldProps) {
  const { name = "password", label, isNew = false, isFirst = false } = props;
  const { t } = useTranslation();
  return (
    <PasswordInput
      name={name}
      size="md"
      label={label ?? t("account.password")}
      description={isNew ? t("account.passwordRules") : undefined}
      autoComplete={isNew ? "new-password" : "current-password"}
      visibilityToggleFocusable
      visibilityToggleButtonProps={{ "aria-label": t("account.showPassword") }}
      required
      withAsterisk={false}
      data-autofocus={isFirst || undefined}
    />
  );
}

export function CodeField() {
  const { t } = useTranslation();
  return (
    <TextInput
      name="code"
      size="lg"
      className={classes.code}
      label={t("account.code")}
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="\s*[0-9]{6}\s*"
      title={t("account.codeRules")}
      maxLength={8}
      required
      withAsterisk={false}
      data-autofocus
      // The user expects to type the code next.
      // eslint-disable-next-line jsx-a11y/no-autofocus
      autoFocus
    />
  );
}

/** Checks the password rules of the user pool before anything is sent to Cognito. */
export function useNewPasswordCheck(name = "password") {
  const { t } = useTranslation();
  return (fields: FormData) => {
    const password = readField(fields, name);
    const rules = [/^.{12,}$/s, /[a-z]/, /[A-Z]/, /[0-9]/];
    return rules.every((rule) => rule.test(password)) ? undefined : t("account.passwordWeak");
  };
}
