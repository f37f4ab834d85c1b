import { fireEvent, screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { useState } from "react";
import { expect, test } from "vitest";

import { API, server } from "@/testing/server";
import { renderPart } from "@/testing/services";

import { DayScrubber } from "./day-scrubber";

const DAYS = ["2026-11-22T12:00:00Z", "2026-11-20T12:00:00Z", "2026-10-31T12:00:00Z"];

function serve(days: readonly string[]) {
  server.use(
    http.get(`${API}/results/days`, () =>
      HttpResponse.json({ days: days.map((newestAt) => ({ newestAt })) }),
    ),
  );
}

async function open(days: readonly string[], seenAt?: string) {
  const jumps: string[] = [];
  serve(days);
  await renderPart(<DayScrubber seenAt={seenAt} onJump={(day) => jumps.push(day)} />);
  return jumps;
}

const findSlider = () => screen.findByRole("slider", { name: "Jump to a day" });

test("the slider says the day of the photos that are seen", async () => {
  await open(DAYS, "2026-11-20T08:00:00Z");

  const slider = await findSlider();

  expect(slider).toHaveValue("1");
  expect(slider).toHaveAttribute("aria-valuetext", "Friday, November 20, 2026");
});

test("a day without photos counts as the next older one that has some", async () => {
  await open(DAYS, "2026-11-10T08:00:00Z");

  expect(await findSlider()).toHaveValue("2");
});

test("it jumps once, to the day where it rests", async () => {
  const jumps = await open(DAYS, DAYS[0]);
  const slider = await findSlider();

  fireEvent.change(slider, { target: { value: "1" } });
  fireEvent.change(slider, { target: { value: "2" } });

  expect(slider).toHaveAttribute("aria-valuetext", "Saturday, October 31, 2026");
  await waitFor(() => {
    expect(jumps).toEqual(["2026-10-31"]);
  });
});

test("it stays where it was dragged until the photos of that day are seen", async () => {
  function Page() {
    const [seenAt, setSeenAt] = useState(DAYS[0]);
    const [isLoading, setLoading] = useState(false);
    return (
      <>
        <DayScrubber
          seenAt={seenAt}
          onJump={() => {
            setLoading(true);
          }}
        />
        {isLoading && (
          <button
            onClick={() => {
              setSeenAt(DAYS[1]);
            }}
          >
            Load
          </button>
        )}
      </>
    );
  }
  serve(DAYS);
  await renderPart(<Page />);
  const slider = await findSlider();

  fireEvent.change(slider, { target: { value: "2" } });
  const load = await screen.findByRole("button", { name: "Load" });

  expect(slider).toHaveValue("2");
  fireEvent.click(load);
  expect(slider).toHaveValue("1");
});

test("once it has arrived it follows what is seen, also back to where it was", async () => {
  function Page() {
    const [seenAt, setSeenAt] = useState(DAYS[0]);
    return (
      <>
        <DayScrubber
          seenAt={seenAt}
          onJump={() => {
            setSeenAt(DAYS[2]);
          }}
        />
        <button
          onClick={() => {
            setSeenAt(DAYS[0]);
          }}
        >
          Show everything
        </button>
      </>
    );
  }
  serve(DAYS);
  await renderPart(<Page />);
  const slider = await findSlider();

  fireEvent.change(slider, { target: { value: "2" } });
  // The day of the handle is drawn while it is moved.
  expect(slider.parentElement).toHaveAttribute("data-moving");
  await waitFor(() => {
    expect(slider.parentElement).not.toHaveAttribute("data-moving");
  });
  expect(slider).toHaveValue("2");
  fireEvent.click(screen.getByRole("button", { name: "Show everything" }));

  expect(slider).toHaveValue("0");
});

test("the first place leads to the newest photos", async () => {
  const jumps = await open(DAYS, DAYS[2]);

  fireEvent.change(await findSlider(), { target: { value: "0" } });

  await waitFor(() => {
    expect(jumps).toEqual([""]);
  });
});

test("one day needs no slider", async () => {
  let isAnswered = false;
  server.events.on("response:mocked", () => (isAnswered = true));
  await open(DAYS.slice(0, 1));

  await waitFor(() => {
    expect(isAnswered).toBe(true);
  });

  expect(screen.queryByRole("slider")).toBeNull();
});
