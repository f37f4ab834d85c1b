import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";

import { buildLabel, buildTask } from "@/testing/examples";
import { API, server } from "@/testing/server";
import { renderPart } from "@/testing/services";

import { SimilarPhotos } from "./similar-photos";

const FINGERPRINT = {
  vector: "f4EAQL8=",
  hash: "d1c4a7390f5be268",
  mirroredHash: "84910d6ca50e4bc2",
};
const COPY = buildTask({ taskId: "copy", fileName: "again.jpg" });
const OTHER = buildTask({
  taskId: "other",
  fileName: "wolf.jpg",
  labels: [buildLabel("wolf", 90)],
});

const serve = (similar: unknown[]) => {
  server.use(http.get(`${API}/results/:taskId/similar`, () => HttpResponse.json({ similar })));
};

test("copies are said, and each similar photo leads to its result", async () => {
  serve([
    { result: COPY, isCopy: true, similarity: 1 },
    { result: OTHER, isCopy: false, similarity: 0.7 },
  ]);

  await renderPart(<SimilarPhotos task={buildTask({ fingerprint: FINGERPRINT })} />);

  expect(await screen.findByText("You have this photo already.")).toBeVisible();
  expect(screen.getByRole("link", { name: /^again\.jpg ?The same photo$/ })).toHaveAttribute(
    "href",
    "/results/copy",
  );
  // History shows the same address with it, and a browser keeps one answer for both.
  expect(screen.getByRole("img", { name: "again.jpg" })).toHaveAttribute("crossorigin");
  expect(screen.getByRole("link", { name: /^wolf\.jpg ?wolf$/ })).toHaveAttribute(
    "href",
    "/results/other",
  );
});

test("similar photos that are no copies are not called so", async () => {
  serve([{ result: OTHER, isCopy: false, similarity: 0.7 }]);

  await renderPart(<SimilarPhotos task={buildTask({ fingerprint: FINGERPRINT })} />);

  expect(await screen.findByRole("heading", { name: "Similar photos of yours" })).toBeVisible();
  expect(screen.queryByText("You have this photo already.")).toBeNull();
});

test("of two copies this one can be removed, or both are kept", async () => {
  localStorage.clear();
  serve([{ result: COPY, isCopy: true, similarity: 1 }]);
  const task = buildTask({ fingerprint: FINGERPRINT });
  const { services } = await renderPart(<SimilarPhotos task={task} />);

  const other = await screen.findByRole("link", { name: "Open the other one" });
  expect(other).toHaveAttribute("href", "/results/copy");
  await userEvent.click(screen.getByRole("button", { name: "Remove this one" }));
  expect([...services.deletions.state]).toEqual([task.taskId]);
  await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
  await userEvent.click(screen.getByRole("button", { name: "Keep both" }));

  await waitFor(() => {
    expect(screen.queryByText("You have this photo already.")).toBeNull();
  });
});
