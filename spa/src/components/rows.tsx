import type { ReactNode } from "react";

import classes from "./rows.module.css";

/** Things of the user one below the other, such as keys. */
export function Rows({ children }: { children: ReactNode }) {
  return <ul className={classes.rows}>{children}</ul>;
}

type Props = {
  /** What it is: a `strong` name, and facts in `span` or `code`. */
  about: ReactNode;
  /** What can be done with it, beside that or below. */
  children: ReactNode;
};

export function Row({ about, children }: Props) {
  return (
    <li className={classes.row}>
      <div className={classes.about}>{about}</div>
      {children}
    </li>
  );
}
