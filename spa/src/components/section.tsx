import type { ReactNode } from "react";

import classes from "./section.module.css";

/** A part of a page on a surface of its own. */
export function Section({ title, children }: { title?: string; children: ReactNode }) {
  return (
    <section className={classes.section}>
      {title !== undefined && <h2>{title}</h2>}
      {children}
    </section>
  );
}
