import { useTranslation } from "react-i18next";

import { GlobeIcon } from "@/components/icons";
import { notify } from "@/components/notify";
import { type Language, LANGUAGES, setLanguage } from "@/lib/i18n";

import classes from "./language-switch.module.css";

export function LanguageSwitch() {
  const { t, i18n } = useTranslation();
  return (
    <label className={classes.switch}>
      <GlobeIcon size={20} />
      <span className={classes.code} aria-hidden="true">
        {i18n.language}
      </span>
      <select
        aria-label={t("nav.language")}
        value={i18n.language}
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
