import { type ReactNode, useEffect, useLayoutEffect, useRef } from "react";

import classes from "./page.module.css";

type Props = {
  title: string;
  /** The heading, where it says more than the title. */
  heading?: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  width?: "wide" | "narrow";
  children: ReactNode;
};

/** A page: it names the tab, and a screen reader starts to read at its heading. */
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

/** Whether the last thing done was to move the focus: then it stays where it was put. */
let isFocusChosen = false;
addEventListener("keydown", ({ key }) => (isFocusChosen = key === "Tab"), true);
addEventListener("click", () => (isFocusChosen = false), true);

export function usePageFocus(title: string) {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Spotter`;
  }, [title]);
  // Before the page is painted: whoever sees it and presses Tab at once starts at its heading.
  useLayoutEffect(() => {
    const isInUse = isFocusChosen && document.activeElement !== document.body;
    // On arrival the browser reads the page itself.
    if (!isFirstPage && !isInUse) ref.current?.focus({ preventScroll: true });
    isFirstPage = false;
  }, []);
  return ref;
}
