import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { PASSWORD, renderPart, USER } from "@/testing/services";

import { SignInPage } from "./sign-in-page";

test("a sign-in before the address is confirmed claims no new code", async () => {
  const { cognito } = await renderPart(<SignInPage />);
  cognito.signIn = () => Promise.resolve("confirmAddress");

  await userEvent.type(screen.getByLabelText("E-mail"), USER.email);
  await userEvent.type(screen.getByLabelText("Password"), PASSWORD);
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));

  expect(await screen.findByText(/is not confirmed yet/)).toBeVisible();
  expect(screen.queryByText(/We sent/)).toBeNull();
  expect(screen.getByRole("button", { name: "Send a new code" })).toBeVisible();
});

test("Tab reaches the button that shows the password", async () => {
  const user = userEvent.setup();
  await renderPart(<SignInPage />);
  await user.type(screen.getByLabelText("Password"), PASSWORD);

  await user.tab();
  expect(screen.getByRole("button", { name: "Show or hide the password" })).toHaveFocus();
  await user.keyboard(" ");

  expect(screen.getByLabelText("Password")).toHaveAttribute("type", "text");
});
