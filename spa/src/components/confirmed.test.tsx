import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test, vi } from "vitest";

import { renderPart } from "@/testing/services";

import { Confirmed } from "./confirmed";

function Page() {
  const [isThere, setThere] = useState(true);
  return (
    <>
      <h1 tabIndex={-1}>Things</h1>
      {isThere && (
        <Confirmed
          label="Delete the thing"
          question="It is gone for good."
          yes="Delete"
          no="Keep"
          isPending={false}
          onYes={() => {
            setThere(false);
          }}
        >
          {(ask) => (
            <button type="button" {...ask}>
              Delete the thing
            </button>
          )}
        </Confirmed>
      )}
    </>
  );
}

const ask = async () => {
  screen.getByRole("button", { name: "Delete the thing" }).focus();
  await userEvent.keyboard("{Enter}");
};

test("a thing is deleted only after the question, which begins at the harmless answer", async () => {
  await renderPart(<Page />);

  await ask();

  expect(screen.getByRole("group", { name: "Delete the thing" })).toBeVisible();
  expect(screen.getByRole("button", { name: "Keep" })).toHaveFocus();
});

test("who keeps the thing goes on at the button that asked", async () => {
  await renderPart(<Page />);

  await ask();
  await userEvent.keyboard("{Enter}");

  expect(screen.queryByText("It is gone for good.")).toBeNull();
  expect(screen.getByRole("button", { name: "Delete the thing" })).toHaveFocus();
});

test("after the deletion the keyboard goes on at the heading", async () => {
  await renderPart(<Page />);

  await ask();
  await userEvent.tab({ shift: true });
  await userEvent.keyboard("{Enter}");

  expect(screen.queryByRole("group")).toBeNull();
  await vi.waitFor(() => {
    expect(screen.getByRole("heading")).toHaveFocus();
  });
});
