import { VisuallyHidden } from "@mantine/core";

import { Store, useStore } from "@/lib/store";

type Line = { id: number; text: string };

/** Up to ten photos can finish at once, and each is announced. */
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

/** Announces to screen readers what has just happened on the page. */
export function announce(text: string): void {
  announcements.say(text);
}

export function forgetAnnouncements(): void {
  announcements.clear();
}

/** Has the role "log": in a "status", a new line would interrupt the line being read. */
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
