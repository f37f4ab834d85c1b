import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";

import { server } from "@/testing/server";
import { renderPart } from "@/testing/services";

import { ApiPage } from "./api-page";

test("a reference that could not be loaded can be loaded again", async () => {
  let isDown = true;
  server.use(
    http.get("*/openapi.json", () => {
      if (isDown) return HttpResponse.error();
      const info = { title: "Spotter", version: "1", description: "All about the API." };
      return HttpResponse.json({ info, tags: [], paths: {}, components: { schemas: {} } });
    }),
  );
  await renderPart(<ApiPage />);
  expect(await screen.findByRole("alert")).toBeVisible();
  isDown = false;

  await userEvent.click(screen.getByRole("button", { name: "Try again" }));

  expect(await screen.findByText("All about the API.")).toBeVisible();
  expect(screen.queryByRole("alert")).toBeNull();
});
