import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { AppError } from "@/lib/errors";
import { PASSWORD, renderPart } from "@/testing/services";

import { SignUpPage } from "./sign-up-page";

test.each([
  ["UserLambdaValidationException", /Sign-up is closed at the moment/],
  ["NotAuthorizedException", /by invitation only/],
])("the page says why nobody can sign up: %s", async (code, words) => {
  const { cognito } = await renderPart(<SignUpPage />);
  cognito.signUp = () => Promise.reject(new AppError(code));

  await userEvent.type(screen.getByLabelText("E-mail"), "new@example.com");
  await userEvent.type(screen.getByLabelText("Password"), PASSWORD);
  await userEvent.click(screen.getByRole("button", { name: "Create an account" }));

  expect(await screen.findByRole("alert")).toHaveTextContent(words);
});
