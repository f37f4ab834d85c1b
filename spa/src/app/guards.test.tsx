import { screen } from "@testing-library/react";
import { Route, Routes, useLocation } from "react-router";
import { expect, test } from "vitest";

import { FakeCognito, renderPart } from "@/testing/services";

import { RequireUser } from "./guards";

function Origin() {
  return <p>{(useLocation().state as { from: string }).from}</p>;
}

test("a visitor who signs in returns to the whole address", async () => {
  const cognito = new FakeCognito();
  cognito.token = undefined;

  await renderPart(
    <Routes>
      <Route element={<RequireUser />}>
        <Route path="/history" element={null} />
      </Route>
      <Route path="/sign-in" element={<Origin />} />
    </Routes>,
    "/history?label=cat",
    {},
    cognito,
  );

  expect(screen.getByText("/history?label=cat")).toBeVisible();
});
