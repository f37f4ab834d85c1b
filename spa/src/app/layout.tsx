import { Button } from "@mantine/core";
import { type ComponentType, type ReactNode, useEffect, useState } from "react";
import { Link, NavLink, Outlet, ScrollRestoration, useLocation, useNavigate } from "react-router";

import { CameraIcon, CodeIcon, HistoryIcon, SpotIcon, UserIcon } from "@/components/icons";
import { Logo } from "@/components/logo";
import { prepareNotifications } from "@/components/notify";
import { useTranslation } from "@/lib/i18n";
import { useSession } from "@/lib/services";
import type { TextKey } from "@/lib/i18n";

import { LatePart } from "./late-part";
import { preparePages } from "./pages";
import { LanguageSwitch } from "./language-switch";
import classes from "./layout.module.css";
import { SchemeSwitch } from "./scheme-switch";
import { SCROLL_POSITIONS } from "./scroll-positions";

const loadDropAnywhere = async () => (await import("@/features/upload/drop-anywhere")).DropAnywhere;
const loadSessionEndedDialog = async () =>
  (await import("@/features/account/session-ended-dialog")).SessionEndedDialog;

const loadExportNotice = async () =>
  (await import("@/features/exports/export-notice")).ExportNotice;

const IDLE_MS = 400;

type Section = {
  to: string;
  text: TextKey;
  Icon: ComponentType<{ size?: number }>;
  /** Whether a phone has no room for it. The account page leads to it too. */
  isWide?: boolean;
};

const SECTIONS: Section[] = [
  { to: "/", text: "nav.home", Icon: SpotIcon },
  { to: "/live", text: "nav.live", Icon: CameraIcon },
  { to: "/history", text: "nav.history", Icon: HistoryIcon },
  { to: "/api", text: "nav.api", Icon: CodeIcon, isWide: true },
];

export function Layout() {
  const { t } = useTranslation();
  const { state } = useSession();
  const isUser = state.status !== "signedOut";
  return (
    <div className={classes.app} data-user={isUser || undefined}>
      <a className={classes.skip} href="#content">
        {t("nav.skip")}
      </a>
      <header className={classes.header}>
        <Link to="/" className={classes.home} aria-label={t("nav.toHome")}>
          <Logo />
        </Link>
        {isUser && <Sections />}
        <div className={classes.tools}>
          <LanguageSwitch />
          <SchemeSwitch />
          {isUser ? <AccountLink /> : <SignInLink />}
        </div>
      </header>
      <main id="content" tabIndex={-1} className={classes.main}>
        <Outlet />
      </main>
      <Footer />
      {isUser && <SignedIn />}
      <ScrollRestoration storageKey={SCROLL_POSITIONS} />
    </div>
  );
}

function Sections() {
  const { t } = useTranslation();
  return (
    <nav className={classes.sections} aria-label={t("nav.main")}>
      {SECTIONS.map(({ to, text, Icon, isWide }) => (
        <NavLink key={to} to={to} end={to === "/"} data-wide={isWide}>
          <Icon size={22} />
          <span>{t(text)}</span>
        </NavLink>
      ))}
    </nav>
  );
}

function AccountLink(): ReactNode {
  const { t } = useTranslation();
  return (
    <NavLink to="/account" className={() => classes.account} aria-label={t("account.title")}>
      <UserIcon size={22} />
    </NavLink>
  );
}

function SignInLink() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  if (pathname === "/sign-in") return null;
  return (
    <Button component={Link} to="/sign-in" variant="subtle">
      {t("account.signIn")}
    </Button>
  );
}

function SignedIn() {
  const navigate = useNavigate();
  const isEnded = useSession().state.status === "ended";
  const isIdle = useFirstIdle();
  const onAdded = () => void navigate("/");
  return (
    <>
      <LatePart load={loadDropAnywhere} isWanted={isIdle} props={{ onAdded }} />
      <LatePart load={loadExportNotice} isWanted={isIdle} props={{}} />
      {/* The dialog opens when the session ends. */}
      <LatePart load={loadSessionEndedDialog} isWanted={isIdle || isEnded} props={{}} />
    </>
  );
}

/** Becomes true shortly after the first paint: then code that is rarely needed can load. */
function useFirstIdle(): boolean {
  const [isIdle, setIdle] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setIdle(true);
      prepareNotifications();
      preparePages();
    }, IDLE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return isIdle;
}

function Footer() {
  const { t } = useTranslation();
  return <footer className={classes.footer}>{t("nav.footer")}</footer>;
}
