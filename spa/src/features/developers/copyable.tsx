import { Button, CopyButton } from "@mantine/core";

import { useTranslation } from "@/lib/i18n";

import classes from "./copyable.module.css";

type Props = {
  label: string;
  /** The text on the page. */
  text: string;
  /** Makes the text to copy if it differs from the shown text, such as one with a token. */
  onCopy?: () => Promise<void>;
};

/** Code with a button that copies it. */
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
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling area must take focus */}
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
    </figure>
  );
}
