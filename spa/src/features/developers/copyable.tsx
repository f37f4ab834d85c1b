import { Button, CopyButton } from "@mantine/core";
import { useTranslation } from "react-i18next";

import classes from "./copyable.module.css";

type Props = {
  label: string;
  /** What is shown. */
  text: string;
  /** Copies something else than what is shown, such as the same with a secret in it. */
  onCopy?: () => Promise<void>;
};

/** Code that is there to be taken. */
export function Copyable({ label, text, onCopy }: Props) {
  const { t } = useTranslation();
  return (
    <figure className={classes.block}>
      <figcaption>
        {label}
        {onCopy ? (
          <Button size="compact-sm" variant="default" onClick={() => void onCopy()}>
            {t("api.copyWithToken")}
          </Button>
        ) : (
          <CopyButton value={text}>
            {({ copied, copy }) => (
              <Button size="compact-sm" variant="default" onClick={copy}>
                {t(copied ? "export.copied" : "api.copy")}
              </Button>
            )}
          </CopyButton>
        )}
      </figcaption>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must take focus */}
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
    </figure>
  );
}
