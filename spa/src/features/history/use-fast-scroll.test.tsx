import { act, render, screen } from "@testing-library/react";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";

import { useFastScroll, useHeld } from "./use-fast-scroll";

function Row({ isFast }: { isFast: boolean }) {
  return <li>{useHeld(isFast) ? "held" : "shown"}</li>;
}

function List({ count }: { count: number }) {
  const isFast = useFastScroll();
  return (
    <ul>
      {Array.from({ length: count }, (_, i) => (
        <Row key={i} isFast={isFast} />
      ))}
    </ul>
  );
}

/** Scroll by so many screens in some milliseconds. */
function scroll(screens: number, ms = 20) {
  act(() => {
    vi.advanceTimersByTime(ms);
    Object.assign(window, { scrollY: scrollY + screens * innerHeight });
    dispatchEvent(new Event("scroll"));
  });
}

const list = () => screen.getAllByRole("listitem").map(({ textContent }) => textContent);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  onTestFinished(() => {
    vi.useRealTimers();
    Object.assign(window, { scrollY: 0 });
  });
});

test("what passes too fast to be seen is held back until that ends", () => {
  const { rerender } = render(<List count={1} />);

  scroll(0.05);
  scroll(0.05);
  rerender(<List count={2} />);
  expect(list()).toEqual(["shown", "shown"]);
  scroll(1);
  rerender(<List count={3} />);
  expect(list()).toEqual(["shown", "shown", "held"]);
  act(() => {
    vi.advanceTimersByTime(200);
  });

  expect(list()).toEqual(["shown", "shown", "shown"]);
});

test("a step that comes soon after a late one is not fast", () => {
  const { rerender } = render(<List count={1} />);
  for (const ms of [20, 30, 5, 30, 5, 30, 5, 30, 5]) scroll(0.06, ms);
  rerender(<List count={2} />);

  expect(list()).toEqual(["shown", "shown"]);
});
