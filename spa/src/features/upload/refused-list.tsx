import { CloseIcon, WarningIcon } from "@/components/icons";
import { useErrorText, useTranslation } from "@/lib/i18n";

import classes from "./refused-list.module.css";
import type { UploadItem } from "./upload-item";
import { useUploads } from "./uploads";

const isUnknown = ({ status, fingerprint }: UploadItem) =>
  status === "checking" && fingerprint === undefined;

/** Files that break a limit and were not sent: what is wrong with each. */
export function RefusedList() {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { queue, items } = useUploads();
  const refused = items.filter(({ status }) => status === "refused");
  // It stands below the photos: it comes when all of them are there, so that it does not move.
  if (refused.length === 0 || items.some(isUnknown)) return null;
  return (
    <section className={classes.refused} role="alert">
      <h2>
        <WarningIcon />
        {t("batch.refused", { count: refused.length })}
      </h2>
      <ul>
        {refused.map(({ id, name, errorCode, errorText: text }) => (
          <li key={id}>
            <strong>{name}</strong> {errorText(errorCode ?? "internal_error", text)}
          </li>
        ))}
      </ul>
      <button
        type="button"
        aria-label={t("nav.close")}
        onClick={() => {
          refused.forEach(({ id }) => {
            queue.cancel(id);
          });
        }}
      >
        <CloseIcon size={18} />
      </button>
    </section>
  );
}
