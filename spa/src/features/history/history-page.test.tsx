import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { onlineManager } from "@tanstack/react-query";
import { http, HttpResponse } from "msw";
import { useLocation } from "react-router";
import { expect, onTestFinished, test } from "vitest";

import { buildLabel, buildTask } from "@/testing/examples";
import { API, server } from "@/testing/server";
import { inLanguage, renderPart } from "@/testing/services";

import { HistoryPage } from "./history-page";

const dog = buildTask({ taskId: "dog", fileName: "dog.jpg" });
const cup = buildTask({ taskId: "cup", fileName: "cup.jpg", labels: [buildLabel("cup", 90)] });

function Address() {
  const { pathname, search } = useLocation();
  return <p>{pathname + search}</p>;
}

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

test("an empty history invites to send a photo", async () => {
  serve();
  await renderPart(<HistoryPage />);

  expect(await screen.findByRole("heading", { name: "Nothing here yet" })).toBeVisible();
  expect(screen.getByRole("link", { name: "Choose photos" })).toHaveAttribute("href", "/");
});

test("a picture whose address has expired gets a new one", async () => {
  serve({ ...dog, image: { ...dog.image, url: "http://images.test/old" } });
  const fresh = { url: "http://images.test/new", urlExpiresAt: "2999-01-02T00:00:00Z" };
  let asked = 0;
  server.use(
    http.get(`${API}/results/dog`, () => {
      asked++;
      return HttpResponse.json({ ...dog, image: { ...dog.image, ...fresh } });
    }),
  );
  await renderPart(<HistoryPage />);

  fireEvent.error(await screen.findByRole("img", { name: "dog.jpg" }));

  const renewed = await screen.findByRole("img", { name: "dog.jpg" });
  expect(renewed).toHaveAttribute("src", "http://images.test/new");
  fireEvent.error(renewed);
  expect(asked).toBe(1);
});

test("the list shows thumbnails, and loads each when it comes near", async () => {
  const copies = { thumbnailUrl: "http://images.test/small", previewUrl: "http://images.test/mid" };
  serve({ ...dog, image: { ...dog.image, ...copies } });
  await renderPart(<HistoryPage />);

  const photo = await screen.findByRole("img", { name: "dog.jpg" });

  expect(photo).toHaveAttribute("src", "http://images.test/small");
  expect(photo).toHaveAttribute("loading", "lazy");
});

test("a wider name finds the narrower ones", async () => {
  serve(dog, cup);
  await renderPart(<HistoryPage />);
  await screen.findByRole("link", { name: /dog.jpg/ });

  await userEvent.type(screen.getByPlaceholderText(/Find by label/), "anim");

  expect(screen.getByRole("link", { name: /dog.jpg/ })).toBeVisible();
  expect(screen.queryByRole("link", { name: /cup.jpg/ })).toBeNull();
});

test("a search takes whole words in any number, and finds no other word with the same letters", async () => {
  const car = buildTask({ taskId: "car", fileName: "car.jpg", labels: [buildLabel("car", 90)] });
  const carrot = buildTask({
    taskId: "carrot",
    fileName: "carrot.jpg",
    labels: [buildLabel("carrot", 90)],
  });
  serve(car, carrot);
  await renderPart(<HistoryPage />);
  await screen.findByRole("link", { name: /car.jpg/ });

  await userEvent.type(screen.getByPlaceholderText(/Find by label/), "cars");

  expect(screen.getByRole("link", { name: /car.jpg/ })).toBeVisible();
  expect(screen.queryByRole("link", { name: /carrot.jpg/ })).toBeNull();
});

test("a search for a word finds no longer word, even if no photo shows the word itself", async () => {
  serve(buildTask({ taskId: "carrot", labels: [buildLabel("carrot", 90)] }));
  await renderPart(<HistoryPage />, "/history?label=car");

  expect(await screen.findByRole("heading", { name: "No matches" })).toBeVisible();
  expect(screen.getByText("Found: 0")).toBeVisible();
});

test("a search finds no label that no tile shows", async () => {
  serve(dog); // Its stick is less likely than not
  await renderPart(<HistoryPage />, "/history?label=stick");

  expect(await screen.findByRole("heading", { name: "No matches" })).toBeVisible();
});

test("the filter is in the address", async () => {
  const asked = serve(dog, cup);
  await renderPart(
    <>
      <HistoryPage />
      <Address />
    </>,
    "/history?label=cup&status=succeeded",
  );

  expect(await screen.findByRole("link", { name: /cup.jpg/ })).toBeVisible();
  expect(screen.queryByRole("link", { name: /dog.jpg/ })).toBeNull();
  expect(asked.at(-1)).toContain("status=succeeded");
  await userEvent.selectOptions(screen.getByLabelText("Status"), "Any status");
  await userEvent.clear(screen.getByPlaceholderText(/Find by label/));
  await userEvent.type(screen.getByPlaceholderText(/Find by label/), "dog");
  expect(screen.getByText("/history?label=dog")).toBeVisible();
});

test("without a network the history says so instead of staying empty", async () => {
  serve(dog);
  onlineManager.setOnline(false);
  onTestFinished(() => {
    onlineManager.setOnline(true);
  });
  await renderPart(<HistoryPage />);

  expect(await screen.findByRole("alert")).toHaveTextContent("The network does not answer");
  onlineManager.setOnline(true);
  expect(await screen.findByRole("link", { name: /dog.jpg/ })).toBeVisible();
  expect(screen.queryByRole("alert")).toBeNull();
});

test("a search takes words of the user's language, and English ones too", async () => {
  serve(dog, cup);
  await inLanguage("de");
  await renderPart(<HistoryPage />);
  await screen.findByRole("link", { name: /dog.jpg/ });
  const search = screen.getByPlaceholderText(/Nach Namen suchen/);

  for (const query of ["Tiere", "hunde", "dogs"]) {
    await userEvent.clear(search);
    await userEvent.type(search, query);

    expect(screen.getByRole("link", { name: /dog.jpg/ })).toBeVisible();
    expect(screen.queryByRole("link", { name: /cup.jpg/ })).toBeNull();
  }
});

test("a search continues through older pages and shows how far it has come", async () => {
  let letOlder: (() => void) | undefined;
  server.use(
    http.get(`${API}/results`, async ({ request }) => {
      if (!new URL(request.url).searchParams.has("cursor")) {
        return HttpResponse.json({ results: [dog], nextCursor: "older" });
      }
      await new Promise<void>((resolve) => (letOlder = resolve));
      return HttpResponse.json({ results: [cup], nextCursor: null });
    }),
  );
  await renderPart(<HistoryPage />);
  await screen.findByRole("link", { name: /dog.jpg/ });

  await userEvent.type(screen.getByPlaceholderText(/Find by label/), "cup");

  expect(screen.getByText("Found so far: 0, in your newest 1 photos")).toBeVisible();
  expect(screen.queryByRole("heading", { name: "No matches" })).toBeNull();
  letOlder?.();
  expect(await screen.findByRole("link", { name: /cup.jpg/ })).toBeVisible();
  expect(screen.getByText("Found: 1")).toBeVisible();
});

test("only the user retries a page that could not be loaded", async () => {
  let failures = 0;
  server.use(
    http.get(`${API}/results`, ({ request }) => {
      if (!new URL(request.url).searchParams.has("cursor")) {
        return HttpResponse.json({ results: [dog], nextCursor: "older" });
      }
      if (failures > 0) return HttpResponse.json({ results: [cup], nextCursor: null });
      failures += 1;
      return HttpResponse.json({ code: "service_unavailable" }, { status: 503 });
    }),
  );
  await renderPart(<HistoryPage />);
  await userEvent.type(await screen.findByPlaceholderText(/Find by label/), "cup");

  await userEvent.click(await screen.findByRole("button", { name: "Try again" }));

  expect(await screen.findByRole("link", { name: /cup.jpg/ })).toBeVisible();
  expect(screen.queryByRole("alert")).toBeNull();
});

test("the API filters by status", async () => {
  const asked = serve(dog);
  await renderPart(<HistoryPage />);

  await userEvent.selectOptions(await screen.findByLabelText("Status"), "Failed");

  await waitFor(() => {
    expect(asked.at(-1)).toContain("status=failed");
  });
});

test("several photos are deleted at once and restored at once", async () => {
  serve(dog, cup);
  await renderPart(<HistoryPage />);
  await userEvent.click(await screen.findByRole("checkbox", { name: "Select dog.jpg" }));
  await userEvent.click(screen.getByRole("button", { name: "Select all shown photos" }));

  await userEvent.click(screen.getByRole("button", { name: "Delete" }));

  expect(screen.queryAllByRole("article")).toHaveLength(0);
  await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
  expect(screen.getAllByRole("article")).toHaveLength(2);
});
