import { VisuallyHidden } from "@mantine/core";

import { Store, useStore } from "@/lib/store";

class Announcements extends Store<string> {
  say(text: string): void {
    // The same words twice in a row are read only if they differ.
    this.set(text !== "" && text === this.state ? `${text}\u00a0` : text);
  }
}

const announcements = new Announcements("");

/** Tell people who cannot see the page what has just happened on it. */
export function announce(text: string): void {
  announcements.say(text);
}

export function Announcer() {
  const text = useStore(announcements);
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {text}
    </VisuallyHidden>
  );
}
