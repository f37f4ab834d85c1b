import type { ReactNode } from "react";

import { ExamplePhoto } from "@/components/example-photo";
import { usePageFocus } from "@/components/page";

import classes from "./account-layout.module.css";

type Props = { title: string; heading?: string; children: ReactNode };

/** A form beside an example of a result. */
export function AccountLayout({ title, heading, children }: Props) {
  const ref = usePageFocus(title);
  return (
    <div className={classes.layout}>
      <div className={classes.example}>
        <ExamplePhoto />
      </div>
      <div className={classes.form}>
        <h1 ref={ref} tabIndex={-1}>
          {heading ?? title}
        </h1>
        {children}
      </div>
    </div>
  );
}
