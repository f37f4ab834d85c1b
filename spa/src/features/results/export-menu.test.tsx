import { notifications } from "@mantine/notifications";
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";

import { buildTask } from "@/testing/examples";
import { inLanguage, renderPart } from "@/testing/services";

import { ExportMenu } from "./export-menu";

/** The texts on it. */
const drawn: string[] = [];

/** A canvas that takes everything and draws nothing: jsdom has none. */
class NoCanvas {
  constructor(
    readonly width: number,
    readonly height: number,
  ) {}

  getContext() {
    const measured = { width: 1, actualBoundingBoxDescent: 1, actualBoundingBoxAscent: 0 };
    const known: Record<string, unknown> = {
      canvas: this,
      measureText: () => measured,
      fillText: (text: string) => drawn.push(text),
    };
    return new Proxy(known, { get: (_, name) => known[String(name)] ?? (() => undefined) });
  }

  convertToBlob = ({ type }: { type: string }) => Promise.resolve(new Blob(["drawn"], { type }));
}

beforeEach(() => {
  const bitmap = { width: 80, height: 60, close: () => undefined };
  offer(HTMLImageElement.prototype, "decode", () => Promise.resolve());
  offer(window, "createImageBitmap", () => Promise.resolve(bitmap));
  offer(window, "OffscreenCanvas", NoCanvas);
});

afterEach(() => {
  notifications.clean();
});

/** Give the browser something that jsdom lacks, until the end of the test. */
function offer(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
  onTestFinished(() => {
    Reflect.deleteProperty(target, name);
  });
}

async function choose(name: string, least = 50) {
  const user = userEvent.setup();
  await renderPart(<ExportMenu task={buildTask()} least={least} />);
  await user.click(screen.getByRole("button", { name: "Export" }));
  await user.click(await screen.findByRole("menuitem", { name }));
}

test("the labels that are shown are copied as text, one in a line", async () => {
  await choose("Copy labels as text");

  expect(await screen.findByText("Copied")).toBeVisible();
  expect(await navigator.clipboard.readText()).toBe("dog 99%\nGerman Shepherd 97%");
});

test("a box is named in the picture as on the page", async () => {
  drawn.length = 0;
  await choose("Download the photo with boxes");

  await waitFor(() => {
    expect(drawn).toEqual(["dog 99%"]);
  });
});

test("labels are copied in the user's language", async () => {
  await inLanguage("de");
  const user = userEvent.setup();
  await renderPart(<ExportMenu task={buildTask()} least={50} />);

  await user.click(screen.getByRole("button", { name: "Exportieren" }));
  await user.click(await screen.findByRole("menuitem", { name: "Namen als Text kopieren" }));

  expect(await navigator.clipboard.readText()).toContain("Deutscher Schäferhund");
});

test("the photo with boxes is copied as a PNG", async () => {
  offer(
    window,
    "ClipboardItem",
    class {
      constructor(readonly data: Record<string, Promise<Blob>>) {}
      types = ["image/png"];
      getType = (type: string) => this.data[type];
    },
  );

  await choose("Copy the photo with boxes");

  expect(await screen.findByText("Copied")).toBeVisible();
  const [item] = await navigator.clipboard.read();
  expect((await item?.getType("image/png"))?.type).toBe("image/png");
});

test("a device without sharing offers none", async () => {
  await choose("Copy labels as text");

  await userEvent.click(screen.getByRole("button", { name: "Export" }));

  expect(await screen.findByRole("menuitem", { name: "Copy as JSON" })).toBeVisible();
  expect(screen.queryByRole("menuitem", { name: /Share/ })).toBeNull();
});

test("the photo with boxes is shared with its labels", async () => {
  const shared: ShareData[] = [];
  offer(navigator, "canShare", ({ files }: ShareData) => files?.[0]?.type === "image/jpeg");
  offer(navigator, "share", (data: ShareData) => Promise.resolve(shared.push(data)));

  await choose("Share the photo with boxes");

  await vi.waitFor(() => {
    expect(shared).toHaveLength(1);
  });
  expect(shared[0]?.text).toBe("dog 99%\nGerman Shepherd 97%");
  expect(shared[0]?.files?.map(({ name }) => name)).toEqual(["dog-spotter.jpg"]);
});

test("a device that shares no files gets the labels", async () => {
  const shared: ShareData[] = [];
  offer(navigator, "canShare", () => false);
  offer(navigator, "share", (data: ShareData) => Promise.resolve(shared.push(data)));

  await choose("Share the photo with boxes");

  await vi.waitFor(() => {
    expect(shared).toEqual([{ text: "dog 99%\nGerman Shepherd 97%" }]);
  });
});

test.each([
  ["AbortError", null],
  ["NotAllowedError", /Your browser did not allow this/],
])("after the browser's %s the page says what helps", async (name, words) => {
  const refuse = vi.fn(() => Promise.reject(new DOMException("No", name)));
  offer(navigator, "share", refuse);

  await choose("Share the photo with boxes");

  await vi.waitFor(() => {
    expect(refuse).toHaveBeenCalled();
  });
  if (words) expect(await screen.findByText(words)).toBeVisible();
  else expect(screen.queryByRole("alert")).toBeNull();
});
