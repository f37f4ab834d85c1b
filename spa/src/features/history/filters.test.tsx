import { screen } from "@testing-library/react";
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
