import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { onlineManager } from "@tanstack/react-query";
import { http, HttpResponse } from "msw";
import { Route, Routes } from "react-router";
import { expect, onTestFinished, test } from "vitest";

import type { Task } from "@/lib/tasks";
import { buildLabel, buildTask } from "@/testing/examples";
import { API, server } from "@/testing/server";
import { inLanguage, renderPart } from "@/testing/services";

import { ResultPage } from "./result-page";

async function open(...answers: Task[]) {
  let count = 0;
  server.use(
    http.get(`${API}/results/:taskId/similar`, () => HttpResponse.json({ similar: [] })),
    http.get(`${API}/results/:taskId`, () =>
      HttpResponse.json(answers[Math.min(count++, answers.length - 1)]),
    ),
  );
  await renderPart(
    <Routes>
      <Route path="/results/:taskId" element={<ResultPage />} />
    </Routes>,
    `/results/${buildTask().taskId}`,
  );
  return { countRequests: () => count };
}

test("labels show their wider names, and unlikely labels are hidden at first", async () => {
  await open(buildTask());

  const section = (await screen.findByRole("heading", { name: "In this photo" })).parentElement;
  const list = within(section ?? document.body);
  expect(list.getByText("German Shepherd")).toBeVisible();
  expect(list.getByText("dog › animal")).toBeVisible();
  expect(list.queryByText("stick")).toBeNull();
  expect(screen.getByText("2 of 3 shown")).toBeVisible();
});

test.each([
  ["de", "Deutscher Schäferhund", "Hund › Tier"],
  ["es", "pastor alemán", "perro › animal"],
] as const)("labels are shown in the user's language: %s", async (language, name, parents) => {
  await inLanguage(language);
  await open(buildTask({ labels: [...buildTask().labels, buildLabel("dax", 80)] }));

  expect(await screen.findByText(name)).toBeVisible();
  expect(screen.getByText(name)).not.toHaveAttribute("lang");
  expect(screen.getByText(parents)).toBeVisible();
  expect(screen.getByText("dax")).toHaveAttribute("lang", "en");
});

test("the preview is shown as soon as there is one", async () => {
  const task = buildTask();
  const copies = { thumbnailUrl: "http://images.test/small", previewUrl: "http://images.test/mid" };
  const done = { ...task, image: { ...task.image, ...copies } };
  await open({ ...task, status: "processing" }, done);
  const photo = await screen.findByRole("img", { name: "dog.jpg" });
  expect(photo).toHaveAttribute("src", task.image.url);
  fireEvent.error(photo);

  await waitFor(
    () => {
      expect(screen.getByRole("img", { name: "dog.jpg" })).toHaveAttribute(
        "src",
        copies.previewUrl,
      );
    },
    { timeout: 10_000 },
  );
});

test("a photo that the browser cannot show gets a placeholder, and keeps its boxes", async () => {
  await open(buildTask());
  const photo = await screen.findByRole("img", { name: "dog.jpg" });

  fireEvent.error(photo);

  expect(screen.getByText("This browser cannot show this kind of photo.")).toBeVisible();
  expect(screen.queryByRole("img", { name: "dog.jpg" })).toBeNull();
  expect(screen.getByRole("button", { name: /1 of 1/ })).toBeVisible();
});

test("a label highlights its box, and a breed the box of its kind", async () => {
  await open(buildTask());
  const box = await screen.findByRole("button", { name: /1 of 1/ });

  await userEvent.hover(screen.getByRole("button", { name: /^German Shepherd/ }));

  expect(box).toHaveAttribute("data-active");
  await userEvent.unhover(screen.getByRole("button", { name: /^German Shepherd/ }));
  expect(box).not.toHaveAttribute("data-active");
});

test("an open task is polled until it is finished, then announced", async () => {
  const open1 = buildTask({ status: "processing", labels: [] });
  const { countRequests } = await open(open1, open1, buildTask());

  expect(await screen.findByRole("heading", { name: "Recognising…" })).toBeVisible();
  expect(await screen.findByText("German Shepherd")).toBeVisible();

  expect(screen.getByRole("log")).toHaveTextContent(/dog.jpg: .*German Shepherd/);
  const asked = countRequests();
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(countRequests()).toBe(asked);
});

test("a failure that a retry can fix offers a retry", async () => {
  const error = { code: "retries_exhausted", message: "We tried." } as const;
  await open(buildTask({ status: "failed", labels: [], error }), buildTask());
  let retries = 0;
  server.use(
    http.post(`${API}/results/:taskId/retry`, () => {
      retries++;
      return HttpResponse.json({ taskId: "1", status: "queued" }, { status: 202 });
    }),
  );

  await userEvent.click(await screen.findByRole("button", { name: "Try again" }));

  expect(await screen.findByText("German Shepherd")).toBeVisible();
  expect(retries).toBe(1);
});

test("a failure that a retry cannot fix says what to do instead", async () => {
  const error = { code: "unreadable_image", message: "Damaged." } as const;
  await open(buildTask({ status: "failed", labels: [], error }));

  expect(await screen.findByRole("alert")).toHaveTextContent("damaged or incomplete");
  expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
  expect(screen.getByRole("link", { name: "Send another photo" })).toHaveAttribute("href", "/");
});

test("a photo that is not kept cannot be enlarged", async () => {
  const error = { code: "unreadable_image", message: "Damaged." } as const;
  const { image } = buildTask();
  const nothing = { url: null, previewUrl: null, thumbnailUrl: null, urlExpiresAt: null };
  await open(
    buildTask({
      taskId: "not-kept",
      status: "failed",
      labels: [],
      error,
      image: { ...image, ...nothing },
    }),
  );

  expect(await screen.findByRole("alert")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Enlarge" })).toBeNull();
});

test("a result of another user looks like a missing one", async () => {
  const problem = { code: "task_not_found", detail: "No." };
  await open(buildTask());
  server.use(http.get(`${API}/results/:id`, () => HttpResponse.json(problem, { status: 404 })));
  await renderPart(
    <Routes>
      <Route path="/results/:taskId" element={<ResultPage />} />
    </Routes>,
    "/results/2",
  );

  expect(await screen.findByRole("heading", { name: "This result is gone" })).toBeVisible();
});

test("colours and quality are shown if they were asked for", async () => {
  const color = { red: 196, green: 144, blue: 98, cssColor: "peru", pixelPercent: 31.4 };
  await open(
    buildTask({
      features: ["labels", "properties"],
      properties: {
        quality: { brightness: 52.1, sharpness: 71.8, contrast: 83.5 },
        dominantColors: [{ ...color, hexCode: "#c49062", simplifiedColor: "brown" }],
      },
    }),
  );

  const colors = within(await screen.findByRole("list", { name: "Main colours" }));
  expect(colors.getByRole("listitem")).toHaveTextContent(/brown.*#c49062.*31\s?%/);
  expect(screen.getByText("Sharpness").nextSibling).toHaveTextContent("72");
});

test("a result of another engine says who answered and why", async () => {
  const answer = { by: "spotter", reason: "budget_spent", costUsd: 0 } as const;
  const weapons = { name: "Weapons", confidence: 88, parentName: "Violence" };
  await open(buildTask({ engine: { asked: "auto", answer }, moderation: [weapons] }));

  expect(await screen.findByText("Recognised by")).toBeInTheDocument();
  expect(screen.getByText(/^Spotter: the day's budget .* is spent$/)).toBeInTheDocument();
  expect(screen.getByText(/^Weapons 88/)).toBeInTheDocument();
});

test("a result of our own networks says nothing about engines", async () => {
  await open(buildTask());

  expect(await screen.findByText("German Shepherd")).toBeVisible();
  expect(screen.queryByText("Recognised by")).toBeNull();
});

test("without colours there is no section for them", async () => {
  await open(buildTask());

  expect(await screen.findByText("German Shepherd")).toBeVisible();
  expect(screen.queryByText("Colours and quality")).toBeNull();
});

test("a photo that waits for a sleeping worker says about how long", async () => {
  await open(buildTask({ status: "queued", labels: [], startsInSeconds: 140 }));

  expect(await screen.findByRole("heading", { name: "Starting…" })).toBeVisible();
  expect(screen.getByText(/This takes about 140 seconds/)).toBeVisible();
});

test("text is shown line by line, drawn and copied", async () => {
  const corners = [
    { x: 0.1, y: 0.1 },
    { x: 0.5, y: 0.1 },
    { x: 0.5, y: 0.2 },
    { x: 0.1, y: 0.2 },
  ];
  const word = {
    text: "WAY",
    confidence: 98,
    boundingBox: { left: 0.1, top: 0.1, width: 0.4, height: 0.1 },
    polygon: corners,
  };
  const line = { ...word, angle: 0, words: [word] };
  const lines = [
    { ...line, text: "WAY OUT" },
    { ...line, text: "Platform 9" },
  ];
  await open(buildTask({ features: ["labels", "text"], text: { lines, truncated: true } }));
  const user = userEvent.setup();

  const list = within(await screen.findByRole("list", { name: "Lines of text" }));
  expect(list.getAllByRole("listitem").map((item) => item.textContent)).toEqual([
    "WAY OUT",
    "Platform 9",
  ]);
  expect(screen.getByText(/more text than Spotter reads/)).toBeVisible();
  expect(document.querySelectorAll("svg g polygon")).toHaveLength(4);

  await user.hover(list.getByText("Platform 9"));
  expect(document.querySelectorAll("svg [data-active]")).toHaveLength(1);
  await user.click(screen.getByRole("button", { name: "Copy" }));
  expect(await navigator.clipboard.readText()).toBe("WAY OUT\nPlatform 9");
});

test("a photo without text says so", async () => {
  await open(buildTask({ features: ["labels", "text"], text: { lines: [], truncated: false } }));

  expect(await screen.findByText("No text found.")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Copy" })).toBeNull();
});

test("what the slider hides is not exported", async () => {
  await open(buildTask());
  const user = userEvent.setup();
  const copy = async () => {
    await user.click(screen.getByRole("button", { name: "Export" }));
    await user.click(await screen.findByRole("menuitem", { name: "Copy as JSON" }));
    const { labels } = JSON.parse(await navigator.clipboard.readText()) as Task;
    return labels.map(({ name }) => name);
  };
  const slider = await screen.findByRole("slider");
  expect(await copy()).toEqual(["animal", "dog", "German Shepherd"]);

  slider.focus();
  await user.keyboard("{Home}");
  expect(await copy()).toEqual(["animal", "dog", "German Shepherd", "stick"]);
  slider.focus();
  await user.keyboard("{End}");
  expect(await copy()).toEqual([]);
});

test("a photo with unlikely labels only shows them, and says that it is not sure", async () => {
  await open(buildTask({ labels: [buildLabel("cat", 42, { boxes: [42] })] }));

  expect(await screen.findByRole("heading", { name: "Nothing sure in this photo" })).toBeVisible();
  expect(screen.getByText("1 of 1 shown")).toBeVisible();
  expect(screen.queryByText("Nothing recognised")).toBeNull();
});

test("without a network the result says so, and comes when the network is back", async () => {
  onlineManager.setOnline(false);
  onTestFinished(() => {
    onlineManager.setOnline(true);
  });
  await open(buildTask());

  expect(await screen.findByRole("alert")).toHaveTextContent("The network does not answer");
  onlineManager.setOnline(true);
  expect(await screen.findByText("German Shepherd")).toBeVisible();
});

test("a result that is on its way says so", async () => {
  await open(buildTask());

  expect(await screen.findByLabelText("Loading the result")).toBeVisible();
  expect(await screen.findByText("German Shepherd")).toBeVisible();
});

test("a finished result is announced as the page shows it", async () => {
  const task = buildTask({ fileName: "rex.jpg" });
  await open({ ...task, status: "processing", labels: [] }, task);

  expect(await screen.findByText("rex.jpg: dog and German Shepherd")).toBeInTheDocument();
});

test("each place of a label has a picture of it, and pointing at one lights its box", async () => {
  await open(buildTask({ labels: [buildLabel("person", 95, { boxes: [95, 80] })] }));
  const places = within(await screen.findByRole("list", { name: "Each person" }));
  const second = places.getByText("80%");

  await userEvent.hover(second);

  expect(screen.getByRole("button", { name: /2 of 2/ })).toHaveAttribute("data-pointed", "true");
  expect(screen.getByRole("button", { name: /1 of 2/ })).not.toHaveAttribute("data-active");
});

test("boxes can be hidden, and this browser remembers it", async () => {
  await open(buildTask());
  expect(await screen.findByRole("button", { name: /1 of 1/ })).toBeVisible();

  await userEvent.click(screen.getByRole("radio", { name: "none" }));

  expect(screen.queryByRole("button", { name: /1 of 1/ })).toBeNull();
  expect(localStorage.getItem("spotter.boxes")).toBe('"none"');
});
