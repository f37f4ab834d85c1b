import Markdown from "markdown-to-jsx/react";

import classes from "./prose.module.css";

/** Text of the OpenAPI document, which is Markdown. */
export function Prose({ text }: { text: string }) {
  return (
    <div className={classes.prose}>
      <Markdown options={{ disableParsingRawHTML: true, overrides: { table: Table } }}>
        {text}
      </Markdown>
    </div>
  );
}

/** Wide tables scroll by themselves, also by keyboard. */
function Table({ children }: { children: React.ReactNode }) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must take focus
    <div className={classes.table} tabIndex={0} role="group" aria-label="Table">
      <table>{children}</table>
    </div>
  );
}
