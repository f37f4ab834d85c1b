import { Button } from "@mantine/core";
import { type ReactNode, type Ref, useState } from "react";

import { isByKeyboard } from "@/lib/last-input";

import classes from "./confirmed.module.css";
import { focusLater, takeFocus } from "./focus";

/** For the button that asks. It has the focus again if the user keeps the thing. */
type Ask = { onClick: () => void; ref?: Ref<HTMLButtonElement> };

type Props = {
  /** The name of the question for screen readers. */
  label: string;
  /** What happens then, which cannot be undone. */
  question: string;
  /** What the two answers say. */
  yes: string;
  no: string;
  isPending: boolean;
  onYes: () => void;
  /** The button that asks, with others if they give way to the question. */
  children: (ask: Ask) => ReactNode;
};

/** Asks before something is deleted for good, in the place of the button that was pressed. */
export function Confirmed({ label, question, yes, no, isPending, onYes, children }: Props) {
  const [state, setState] = useState<"before" | "asking" | "kept">("before");
  if (state !== "asking") {
    const ask: Ask = {
      onClick: () => {
        setState("asking");
      },
    };
    return children(state === "kept" ? { ...ask, ref: takeFocus } : ask);
  }
  return (
    <div className={classes.question} role="group" aria-label={label}>
      <span>{question}</span>
      <Button
        color="red"
        size="compact-md"
        loading={isPending}
        onClick={() => {
          // The thing goes, and the button with it.
          if (isByKeyboard()) focusLater("h1");
          onYes();
        }}
      >
        {yes}
      </Button>
      <Button
        ref={takeFocus}
        variant="default"
        size="compact-md"
        onClick={() => {
          setState("kept");
        }}
      >
        {no}
      </Button>
    </div>
  );
}
