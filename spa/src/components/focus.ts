const FOCUS_EVERY_MS = 50;
const FOCUS_FOR_MS = 5_000;

/** As the ref of an element: it has the focus as soon as it is on the page. */
export const takeFocus = (element: HTMLElement | null) => {
  element?.focus();
};

/**
 * Continue on the page, when it is complete again.
 *
 * A slow device shows it later, or shows it twice. The user's own choice of a focus is kept.
 */
export function focusLater(selector: string): void {
  const page = document; // A test may end, and its document with it, before the timer does
  const timer = setInterval(() => {
    const isNowhere = page.activeElement === page.body;
    if (isNowhere) page.querySelector<HTMLElement>(selector)?.focus();
  }, FOCUS_EVERY_MS);
  setTimeout(() => {
    clearInterval(timer);
  }, FOCUS_FOR_MS);
}
