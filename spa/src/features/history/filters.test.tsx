import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { renderPart } from "@/testing/services";

import { Filters } from "./filters";

test("letters that are typed before the address has changed are kept", async () => {
  const asked: string[] = [];
  await renderPart(
    <Filters
      filter={{ label: "", status: null, until: "" }}
      words={[]}
      onChange={({ label }) => asked.push(label)}
    />,
  );
  const search = screen.getByPlaceholderText(/Find by label/);

  await userEvent.type(search, "dog");

  expect(search).toHaveValue("dog");
  expect(asked).toEqual(["d", "do", "dog"]);
});

test("Enter closes the suggestions, which would cover what was found", async () => {
  await renderPart(
    <Filters
      filter={{ label: "", status: null, until: "" }}
      words={[{ name: "dog", count: 1 }]}
      onChange={() => undefined}
    />,
  );
  const search = screen.getByPlaceholderText(/Find by label/);
  await userEvent.type(search, "dog");
  expect(screen.getByRole("option", { name: "dog" })).toBeVisible();

  await userEvent.type(search, "{Enter}");

  await waitFor(() => {
    expect(screen.queryByRole("option", { name: "dog" })).toBeNull();
  });
  expect(search).toHaveFocus();
});
