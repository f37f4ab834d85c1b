import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { Route, Routes, useLocation } from "react-router";
import { expect, test } from "vitest";

import type { Place } from "@/lib/place";
import type { Task } from "@/lib/tasks";
import { buildTask } from "@/testing/examples";
import { API, server } from "@/testing/server";
import { renderPart } from "@/testing/services";

import { ResultPage } from "./result-page";

const PLACE: Place = {
  list: { status: null, search: { label: "dog" } },
  from: "/history?label=dog",
};
const TASKS = ["first", "second", "third"].map((taskId) =>
  buildTask({ taskId, fileName: `${taskId}.jpg` }),
);

function Address() {
  return <p>{useLocation().pathname}</p>;
}

/** Open a result from a search that found three. */
async function open(taskId: string, state: Place | null = PLACE, older: Task[] = []) {
  const asked: string[] = [];
  server.use(
    http.get(`${API}/results`, ({ request }) => {
      const { searchParams } = new URL(request.url);
      asked.push(searchParams.get("label") ?? "");
      if (searchParams.has("cursor"))
        return HttpResponse.json({ results: older, nextCursor: null });
      return HttpResponse.json({ results: TASKS, nextCursor: older.length > 0 ? "older" : null });
    }),
    http.get(`${API}/results/:taskId`, ({ params }) =>
      HttpResponse.json(TASKS.find((task) => task.taskId === params.taskId)),
    ),
  );
  await renderPart(
    <>
      <Routes>
        <Route path="/results/:taskId" element={<ResultPage />} />
      </Routes>
      <Address />
    </>,
    { pathname: `/results/${taskId}`, state },
  );
  await screen.findByRole("heading", { name: "In this photo" });
  return asked;
}

test("arrow keys and buttons lead through the search that the result was opened from", async () => {
  const asked = await open("second");
  await screen.findByRole("link", { name: "Next photo" });
  expect(asked).toEqual(["dog"]);

  await userEvent.keyboard("{ArrowRight}");
  expect(await screen.findByText("/results/third")).toBeVisible();
  expect(screen.queryByRole("link", { name: "Next photo" })).toBeNull();
  await userEvent.keyboard("{ArrowRight}");
  expect(screen.getByText("/results/third")).toBeVisible();

  await userEvent.click(await screen.findByRole("link", { name: "Previous photo" }));
  await userEvent.keyboard("{ArrowLeft}");

  expect(await screen.findByText("/results/first")).toBeVisible();
  expect(screen.getByRole("link", { name: "History" })).toHaveAttribute("href", PLACE.from);
});

test("after the last loaded photo comes the next page of the list", async () => {
  await open("third", PLACE, [buildTask({ taskId: "fourth" })]);

  expect(await screen.findByRole("link", { name: "Next photo" })).toHaveAttribute(
    "href",
    "/results/fourth",
  );
});

test("arrow keys on a box or on the slider do not leave the photo", async () => {
  await open("second");
  await screen.findByRole("link", { name: "Next photo" });

  screen.getByRole("slider").focus();
  await userEvent.keyboard("{ArrowRight}");
  screen.getByRole("button", { name: /1 of 1/ }).focus();
  await userEvent.keyboard("{ArrowRight}");

  expect(screen.getByText("/results/second")).toBeVisible();
});

test("the viewer shows the photos of the list, and the page the one that was seen last", async () => {
  await open("second");
  await screen.findByRole("link", { name: "Next photo" });
  await userEvent.click(screen.getByRole("button", { name: "Enlarge" }));
  const viewer = within(await screen.findByRole("dialog", { name: "Viewer" }, { timeout: 30_000 }));
  expect(await viewer.findByRole("button", { name: "Zoom in" })).toBeVisible();

  await userEvent.click(viewer.getByRole("button", { name: "Next photo" }));
  await userEvent.click(viewer.getByRole("button", { name: "Close" }));

  expect(await screen.findByText("/results/third")).toBeVisible();
  await waitFor(() => {
    expect(screen.queryByRole("dialog")).toBeNull();
  });
});

test("a result that was opened by its address can be enlarged alone", async () => {
  const asked = await open("second", null);

  await userEvent.click(screen.getByRole("button", { name: "Enlarge" }));

  const viewer = within(await screen.findByRole("dialog", { name: "Viewer" }));
  expect(await viewer.findByRole("img", { name: "second.jpg" })).toBeVisible();
  expect(asked).toEqual([]);
});
