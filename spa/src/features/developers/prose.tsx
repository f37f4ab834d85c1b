import Markdown from "markdown-to-jsx/react";

import classes from "./prose.module.css";

/** Markdown text of the OpenAPI document. */
export function Prose({ text }: { text: string }) {
  return (
    <div className={classes.prose}>
      <Markdown options={{ disableParsingRawHTML: true, overrides: { table: Table } }}>
        {text}
      </Markdown>
    </div>
  );
}

/** A wide table scrolls inside its own frame, also by keyboard. */
function Table({ children }: { children: React.ReactNode }) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling area must take focus
    <div className={classes.table} tabIndex={0} role="group" aria-label="Table">
      <table>{children}</table>
    </div>
  );
}
