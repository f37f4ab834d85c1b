import { fireEvent, screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";

import { API, server } from "@/testing/server";
import { renderPart } from "@/testing/services";

import { DayScrubber } from "./day-scrubber";

const DAYS = ["2026-11-22T12:00:00Z", "2026-11-20T12:00:00Z", "2026-10-31T12:00:00Z"];

async function open(days: readonly string[], seenAt?: string) {
  const jumps: string[] = [];
  server.use(
    http.get(`${API}/results/days`, () =>
      HttpResponse.json({ days: days.map((newestAt) => ({ newestAt })) }),
    ),
  );
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
