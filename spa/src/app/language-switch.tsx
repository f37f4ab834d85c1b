import { GlobeIcon } from "@/components/icons";
import { notify } from "@/components/notify";
import { type Language, LANGUAGES, setLanguage, useTranslation } from "@/lib/i18n";

import classes from "./language-switch.module.css";

export function LanguageSwitch() {
  const { t, language } = useTranslation();
  return (
    <label className={classes.switch}>
      <GlobeIcon size={20} />
      <span className={classes.code} aria-hidden="true">
        {language}
      </span>
      <select
        aria-label={t("nav.language")}
        value={language}
        onChange={(event) => {
          setLanguage(event.currentTarget.value as Language).catch(() =>
            notify({ color: "red", message: t("errors.offline") }),
          );
        }}
      >
        {Object.entries(LANGUAGES).map(([code, name]) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
