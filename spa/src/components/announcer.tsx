import { VisuallyHidden } from "@mantine/core";

import { Store, useStore } from "@/lib/store";

type Line = { id: number; text: string };

/** Ten photos may finish at once, and each of them is news. */
const MOST_LINES = 10;

class Announcements extends Store<Line[]> {
  private count = 0;

  say(text: string): void {
    this.count += 1;
    this.set([...this.state.slice(1 - MOST_LINES), { id: this.count, text }]);
  }

  clear(): void {
    this.set([]);
  }
}

const announcements = new Announcements([]);

/** Tell people who cannot see the page what has just happened on it. */
export function announce(text: string): void {
  announcements.say(text);
}

export function forgetAnnouncements(): void {
  announcements.clear();
}

/** A log, as in a status a new line would silence the one that is just being read. */
export function Announcer() {
  const lines = useStore(announcements);
  return (
    <VisuallyHidden role="log" aria-live="polite">
      {lines.map(({ id, text }) => (
        <span key={id}>{text} </span>
      ))}
    </VisuallyHidden>
  );
}
