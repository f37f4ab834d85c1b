import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";

import { buildLabel, buildTask } from "@/testing/examples";
import { API, server } from "@/testing/server";
import { renderPart } from "@/testing/services";

import { HistoryPage } from "./history-page";

const dog = buildTask({ taskId: "dog", fileName: "dog.jpg" });
const cup = buildTask({ taskId: "cup", fileName: "cup.jpg", labels: [buildLabel("cup", 90)] });

function serve(...tasks: (typeof dog)[]) {
  const asked: string[] = [];
  server.use(
    http.get(`${API}/results`, ({ request }) => {
      asked.push(new URL(request.url).search);
      return HttpResponse.json({ results: tasks, nextCursor: null });
    }),
  );
  return asked;
}

test("an empty history invites", async () => {
  serve();
  await renderPart(<HistoryPage />);

  expect(await screen.findByRole("heading", { name: "Nothing here yet" })).toBeVisible();
  expect(screen.getByRole("link", { name: "Choose photos" })).toHaveAttribute("href", "/");
});

test("a wider name finds the narrower ones", async () => {
  serve(dog, cup);
  await renderPart(<HistoryPage />);
  await screen.findByRole("link", { name: /dog.jpg/ });

  await userEvent.type(screen.getByPlaceholderText(/Find by label/), "anim");

  expect(screen.getByRole("link", { name: /dog.jpg/ })).toBeVisible();
  expect(screen.queryByRole("link", { name: /cup.jpg/ })).toBeNull();
});

test("the status is filtered by the API", async () => {
  const asked = serve(dog);
  await renderPart(<HistoryPage />);

  await userEvent.selectOptions(await screen.findByLabelText("Status"), "Failed");

  await waitFor(() => {
    expect(asked.at(-1)).toContain("status=failed");
  });
});

test("many are deleted at once and brought back at once", async () => {
  serve(dog, cup);
  await renderPart(<HistoryPage />);
  await userEvent.click(await screen.findByRole("checkbox", { name: "Select dog.jpg" }));
  await userEvent.click(screen.getByRole("button", { name: "Select all that are shown" }));

  await userEvent.click(screen.getByRole("button", { name: "Delete" }));

  expect(screen.queryAllByRole("article")).toHaveLength(0);
  await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
  expect(screen.getAllByRole("article")).toHaveLength(2);
});
