import { Button } from "@mantine/core";
import { Link } from "react-router";

import { ExamplePhoto } from "@/components/example-photo";
import { usePageFocus } from "@/components/page";
import { useTranslation } from "@/lib/i18n";

import classes from "./welcome-page.module.css";

export function WelcomePage() {
  const { t } = useTranslation();
  const ref = usePageFocus(t("welcome.title"));
  return (
    <div className={classes.layout}>
      <div className={classes.words}>
        <h1 ref={ref} tabIndex={-1}>
          {t("welcome.title")}
        </h1>
        <p>{t("welcome.lead")}</p>
        <div className={classes.buttons}>
          <Button component={Link} to="/sign-up" size="lg">
            {t("welcome.start")}
          </Button>
          <Button component={Link} to="/sign-in" size="lg" variant="subtle">
            {t("account.signIn")}
          </Button>
        </div>
        <ul className={classes.points}>
          <li>{t("welcome.private")}</li>
          <li>{t("welcome.fast")}</li>
          <li>{t("welcome.gone")}</li>
        </ul>
      </div>
      <ExamplePhoto />
    </div>
  );
}
