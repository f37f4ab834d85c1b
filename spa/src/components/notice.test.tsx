import { screen } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";

import { API, server } from "@/testing/server";
import { renderPart } from "@/testing/services";

import { Notice } from "./notice";

const TEXT = "Results take longer than usual tonight.";

function serve(notice: string | null) {
  let asked = 0;
  server.use(
    http.get(`${API}/results`, () => {
      asked++;
      return HttpResponse.json({ results: [], nextCursor: null, notice });
    }),
  );
  return () => asked;
}

test("the notice of the operators is shown", async () => {
  serve(TEXT);
  await renderPart(<Notice />);

  expect(await screen.findByText(TEXT)).toBeVisible();
});

test("two places that show it ask once", async () => {
  const countAsked = serve(TEXT);
  await renderPart(
    <>
      <Notice />
      <Notice />
    </>,
  );

  expect(await screen.findAllByText(TEXT)).toHaveLength(2);
  expect(countAsked()).toBe(1);
});
