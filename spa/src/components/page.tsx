import { type ReactNode, useEffect, useLayoutEffect, useRef } from "react";

import classes from "./page.module.css";

type Props = {
  title: string;
  /** The heading, if it differs from the title. */
  heading?: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  width?: "wide" | "narrow";
  children: ReactNode;
};

/** A page. It sets the title of the tab and moves the focus of a screen reader to its heading. */
export function Page({ title, heading, lead, actions, width = "wide", children }: Props) {
  const ref = usePageFocus(title);
  return (
    <div className={classes.page} data-width={width}>
      <div className={classes.head}>
        <div>
          <h1 ref={ref} tabIndex={-1}>
            {heading ?? title}
          </h1>
          {lead && <div className={classes.lead}>{lead}</div>}
        </div>
        {actions && <div className={classes.actions}>{actions}</div>}
      </div>
      {children}
    </div>
  );
}

let isFirstPage = true;

/** True after the user moved the focus: then the page leaves it there. */
let isFocusChosen = false;
addEventListener("keydown", ({ key }) => (isFocusChosen = key === "Tab"), true);
addEventListener("click", () => (isFocusChosen = false), true);

export function usePageFocus(title: string) {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Spotter`;
  }, [title]);
  // Runs before the page is painted, so that pressing Tab at once starts at its heading.
  useLayoutEffect(() => {
    const isInUse = isFocusChosen && document.activeElement !== document.body;
    // On the first load the screen reader reads the page by itself.
    if (!isFirstPage && !isInUse) ref.current?.focus({ preventScroll: true });
    isFirstPage = false;
  }, []);
  return ref;
}
