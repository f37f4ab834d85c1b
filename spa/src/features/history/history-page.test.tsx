import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { onlineManager } from "@tanstack/react-query";
import { http, HttpResponse } from "msw";
import { useState } from "react";
import { useLocation } from "react-router";
import { expect, onTestFinished, test, vi } from "vitest";

import { historyKey, type Task } from "@/lib/tasks";
import { buildLabel, buildTask } from "@/testing/examples";
import { API, server } from "@/testing/server";
import { inLanguage, renderPart } from "@/testing/services";

import { HistoryPage } from "./history-page";

/** The page waits 4 s before it asks the index again, and twice as long the second time. */
const SEARCH_AGAIN_MS = 14_000;

const dog = buildTask({ taskId: "dog", fileName: "dog.jpg" });
const cup = buildTask({ taskId: "cup", fileName: "cup.jpg", labels: [buildLabel("cup", 90)] });

function Address() {
  const { pathname, search } = useLocation();
  return <p>{pathname + search}</p>;
}

/** Answer as the API does: it finds results by whole names and their parents, or by file names. */
function serve(...tasks: Task[]) {
  const asked: string[] = [];
  const namesOf = (task: Task) =>
    task.labels
      .filter(({ confidence }) => confidence >= 50)
      .flatMap(({ name, parents }) => [name, ...parents.map((parent) => parent.name)]);
  const names = new Set(tasks.flatMap(namesOf));
  server.use(
    http.get(`${API}/results`, ({ request }) => {
      const { search, searchParams } = new URL(request.url);
      asked.push(search);
      const [label, query] = [searchParams.get("label"), searchParams.get("query")];
      const results = tasks
        .filter((task) => label === null || namesOf(task).includes(label))
        .filter((task) => query === null || task.fileName?.includes(query));
      return HttpResponse.json({ results, nextCursor: null });
    }),
    http.get(`${API}/results/days`, () => HttpResponse.json({ days: [] })),
    http.get(`${API}/results/words`, () =>
      HttpResponse.json({
        words: [...names].map((name) => ({
          name,
          count: tasks.filter((task) => namesOf(task).includes(name)).length,
        })),
      }),
    ),
  );
  return asked;
}

const typeSearch = async (text: string) => {
  const box = screen.getByPlaceholderText(/Find by label/);
  await userEvent.clear(box);
  await userEvent.type(box, text);
};

test("an empty history invites to send a photo", async () => {
  serve();
  await renderPart(<HistoryPage />);

  expect(await screen.findByRole("heading", { name: "Nothing here yet" })).toBeVisible();
  expect(screen.getByRole("link", { name: "Choose photos" })).toHaveAttribute("href", "/");
});

test("a list that was empty earlier is no empty history until the API has answered", async () => {
  function Pages() {
    const [isHistory, setHistory] = useState(true);
    return (
      <>
        <button
          onClick={() => {
            setHistory(!isHistory);
          }}
        >
          Go
        </button>
        {isHistory && <HistoryPage />}
      </>
    );
  }
  serve();
  await renderPart(<Pages />);
  await screen.findByRole("heading", { name: "Nothing here yet" });
  await userEvent.click(screen.getByRole("button", { name: "Go" }));
  let answer: () => void = () => undefined;
  const sent = new Promise<void>((resolve) => (answer = resolve));
  server.use(
    http.get(`${API}/results`, async () => {
      await sent;
      return HttpResponse.json({ results: [dog], nextCursor: null });
    }),
  );

  await userEvent.click(screen.getByRole("button", { name: "Go" }));

  expect(await screen.findByRole("img", { name: "Loading more" })).toBeVisible();
  expect(screen.queryByRole("heading", { name: "Nothing here yet" })).toBeNull();
  answer();
  expect(await screen.findByRole("link", { name: /dog.jpg/ })).toBeVisible();
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

test.each(["anim", "animals", "Animal"])("%s finds the narrower names", async (typed) => {
  serve(dog, cup);
  await renderPart(<HistoryPage />);
  await screen.findByRole("link", { name: /cup.jpg/ });

  await typeSearch(typed);

  await waitFor(() => {
    expect(screen.queryByRole("link", { name: /cup.jpg/ })).toBeNull();
  });
  expect(await screen.findByRole("link", { name: /dog.jpg/ })).toBeVisible();
});

test("what is no name is searched for in text and file names", async () => {
  const asked = serve(dog, buildTask({ taskId: "beach", fileName: "holiday.jpg" }));
  await renderPart(<HistoryPage />, "/history?label=holiday");

  expect(await screen.findByRole("link", { name: /holiday.jpg/ })).toBeVisible();
  expect(asked.at(-1)).toContain("query=holiday");
});

test("chips show what is in the photos, and one click searches for it", async () => {
  serve(dog, cup);
  await renderPart(<HistoryPage />);

  await userEvent.click(await screen.findByRole("button", { name: "cup 1" }));

  await waitFor(() => {
    expect(screen.queryByRole("link", { name: /dog.jpg/ })).toBeNull();
  });
  expect(screen.getByRole("button", { name: "cup 1" })).toHaveAttribute("aria-pressed", "true");
  await userEvent.click(screen.getByRole("button", { name: "cup 1" }));
  expect(await screen.findByRole("link", { name: /dog.jpg/ })).toBeVisible();
});

test("a search for a word finds no longer word, even if no photo shows the word itself", async () => {
  serve(buildTask({ taskId: "carrot", labels: [buildLabel("carrot", 90)] }));
  await renderPart(<HistoryPage />, "/history?label=car");

  expect(await screen.findByRole("heading", { name: "No matches" })).toBeVisible();
  expect(screen.getByText("Found: 0")).toBeVisible();
});

test("a search finds a photo as soon as the index of words has it", async () => {
  serve();
  await renderPart(<HistoryPage />, "/history?label=labra");
  expect(await screen.findByRole("heading", { name: "No matches" })).toBeVisible();
  expect(screen.queryByRole("button", { name: "labrador 1" })).toBeNull();

  serve(buildTask({ taskId: "dog", fileName: "dog.jpg", labels: [buildLabel("labrador", 90)] }));

  const found = await screen.findByRole("link", { name: /dog.jpg/ }, { timeout: SEARCH_AGAIN_MS });
  expect(found).toBeVisible();
  expect(screen.getByRole("button", { name: "labrador 1" })).toBeVisible();
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
    await screen.findByRole("link", { name: /cup.jpg/ });
    await userEvent.type(search, query);

    await waitFor(() => {
      expect(screen.queryByRole("link", { name: /cup.jpg/ })).toBeNull();
    });
    expect(await screen.findByRole("link", { name: /dog.jpg/ })).toBeVisible();
  }
});

/** Answer a search with an empty first page, and with `older` behind it. */
function serveOlder(older: () => Promise<Response> | Response) {
  serve(cup);
  server.use(
    http.get(`${API}/results`, ({ request }) => {
      if (new URL(request.url).searchParams.has("cursor")) return older();
      return HttpResponse.json({ results: [], nextCursor: "older" });
    }),
  );
}

test("a search continues through older pages and shows how far it has come", async () => {
  let letOlder: (() => void) | undefined;
  serveOlder(async () => {
    await new Promise<void>((resolve) => (letOlder = resolve));
    return HttpResponse.json({ results: [cup], nextCursor: null });
  });
  await renderPart(<HistoryPage />, "/history?label=cup");

  expect(await screen.findByText("Found so far: 0")).toBeVisible();
  expect(screen.queryByRole("heading", { name: "No matches" })).toBeNull();
  await waitFor(() => {
    expect(letOlder).toBeDefined();
  });
  letOlder?.();
  expect(await screen.findByRole("link", { name: /cup.jpg/ })).toBeVisible();
  expect(screen.getByText("Found: 1")).toBeVisible();
});

test("only the user retries a page that could not be loaded", async () => {
  let failures = 0;
  serveOlder(() => {
    if (failures > 0) return HttpResponse.json({ results: [cup], nextCursor: null });
    failures += 1;
    return HttpResponse.json({ code: "service_unavailable" }, { status: 503 });
  });
  await renderPart(<HistoryPage />, "/history?label=cup");

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
  await userEvent.click(screen.getByRole("button", { name: "Select all 2" }));

  await userEvent.click(screen.getByRole("button", { name: "Delete" }));

  expect(screen.queryAllByRole("article")).toHaveLength(0);
  await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
  expect(screen.getAllByRole("article")).toHaveLength(2);
});

test("Shift selects all photos from the one that was ticked last", async () => {
  serve(...["a", "b", "c", "d"].map((name) => buildTask({ taskId: name, fileName: name })));
  await renderPart(<HistoryPage />);
  const user = userEvent.setup();

  await user.click(await screen.findByRole("checkbox", { name: "Select b" }));
  await user.keyboard("{Shift>}");
  await user.click(screen.getByRole("checkbox", { name: "Select d" }));
  await user.keyboard("{/Shift}");

  expect(screen.getByText("3 selected")).toBeVisible();
  expect(screen.getByRole("checkbox", { name: "Select a" })).not.toBeChecked();
});

test("all photos of a list can be selected before they were scrolled to", async () => {
  serve(cup);
  server.use(
    http.get(`${API}/results`, ({ request }) => {
      const cursor = Number(new URL(request.url).searchParams.get("cursor"));
      const results = [buildTask({ taskId: `${cursor}`, fileName: `${cursor}.jpg` })];
      return HttpResponse.json({ results, nextCursor: cursor < 3 ? `${cursor + 1}` : null });
    }),
  );
  await renderPart(<HistoryPage />);

  await userEvent.click(await screen.findByRole("checkbox", { name: "Select 0.jpg" }));
  await userEvent.click(screen.getByRole("button", { name: "Select all" }));

  expect(await screen.findByText("4 selected")).toBeVisible();
});

test("a long touch selects a photo, and then a tap selects another one", async () => {
  serve(dog, cup);
  await renderPart(
    <>
      <HistoryPage />
      <Address />
    </>,
    "/history",
  );
  const user = userEvent.setup();
  const first = await screen.findByRole("link", { name: /dog.jpg/ });

  await user.pointer({ keys: "[TouchA>]", target: first });
  expect(await screen.findByText("1 selected")).toBeVisible();
  await user.pointer({ keys: "[/TouchA]" });
  await user.pointer({ keys: "[TouchA]", target: screen.getByRole("link", { name: /cup.jpg/ }) });

  expect(await screen.findByText("2 selected")).toBeVisible();
  expect(screen.getByText("/history")).toBeVisible();
});

test("photos on the screen are asked for again when the addresses of their pictures end", async () => {
  const asked = serve(dog);
  const { queries } = await renderPart(<HistoryPage />);
  await screen.findByRole("link", { name: /dog.jpg/ });
  expect(asked).toHaveLength(1);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
  onTestFinished(() => {
    vi.useRealTimers();
  });

  // Any step of scrolling that ends
  act(() => {
    queries.setQueryData(["words"], []);
  });

  await waitFor(() => {
    expect(asked).toHaveLength(2);
  });
  // Loaded, marked once, and loaded again: a page that marks in each render never comes to rest.
  const [list] = queries.getQueryCache().findAll({ queryKey: historyKey });
  await waitFor(() => {
    expect(list?.state.dataUpdateCount).toBe(3);
  });
});

test("photos stand under the day on which they were sent, and a day can be jumped to", async () => {
  const asked = serve(dog, buildTask({ taskId: "old", createdAt: "2026-11-02T12:00:00Z" }));
  await renderPart(
    <>
      <HistoryPage />
      <Address />
    </>,
  );

  expect(
    await screen.findByRole("heading", { name: /22 November 2026|November 22, 2026/ }),
  ).toBeVisible();
  expect(screen.getByRole("heading", { name: /2 November 2026|November 2, 2026/ })).toBeVisible();
  fireEvent.change(screen.getByLabelText("Photos up to this day"), {
    target: { value: "2026-11-10" },
  });

  const end = encodeURIComponent(new Date(2026, 10, 11).toISOString());
  await waitFor(() => {
    expect(asked.at(-1)).toContain(`to=${end}`);
  });
  expect(screen.getByText("/?until=2026-11-10")).toBeVisible();
});
