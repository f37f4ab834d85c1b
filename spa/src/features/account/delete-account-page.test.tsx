import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";

import { AppError } from "@/lib/errors";
import { API, server } from "@/testing/server";
import { PASSWORD, renderPart, USER } from "@/testing/services";

import { DeleteAccountPage } from "./delete-account-page";
import type { Deletion } from "./deletion";

const ADDRESS = `${API}/account/deletion`;
const RUNNING: Deletion = {
  number: "20261122-5F0A91C3",
  status: "deleting",
  askedAt: "2026-11-22T12:00:00Z",
  deletedAt: null,
  results: 0,
  pictures: 0,
  exports: 0,
};
const DONE: Deletion = {
  ...RUNNING,
  status: "deleted",
  deletedAt: "2026-11-22T12:00:04Z",
  results: 108,
  pictures: 109,
  exports: 1,
};

/** An API that deletes, and keeps what it is sent. */
function serve() {
  const asked: { body: unknown; token: string | null }[] = [];
  server.use(
    http.post(ADDRESS, async ({ request }) => {
      asked.push({
        body: await request.json(),
        token: request.headers.get("Authorization"),
      });
      return HttpResponse.json(RUNNING, { status: 202 });
    }),
    http.get(ADDRESS, () => HttpResponse.json(DONE)),
  );
  return asked;
}

async function confirm(address: string, password: string) {
  await userEvent.clear(screen.getByLabelText(/to confirm/));
  await userEvent.type(screen.getByLabelText(/to confirm/), address);
  await userEvent.clear(screen.getByLabelText("Password"));
  await userEvent.type(screen.getByLabelText("Password"), password);
  await userEvent.click(screen.getByRole("button", { name: "Delete my account" }));
}

test("the account is deleted with a fresh sign-in, and the receipt says what is gone", async () => {
  const asked = serve();
  const { services } = await renderPart(<DeleteAccountPage />);

  await confirm(USER.email, PASSWORD);

  expect(await screen.findByRole("heading", { name: "Your account is deleted" })).toBeVisible();
  expect(screen.getByText(DONE.number)).toBeVisible();
  expect(screen.getByText("109")).toBeVisible();
  // The token of the sign-in that this page made, not the one from before.
  expect(asked).toEqual([{ body: { confirmation: USER.email }, token: "Bearer token-2" }]);

  await userEvent.click(screen.getByRole("button", { name: "Leave" }));
  await waitFor(() => {
    expect(services.session.state.status).toBe("signedOut");
  });
});

test("nothing is sent before the address is typed and the password is right", async () => {
  const asked = serve();
  await renderPart(<DeleteAccountPage />);

  await confirm("somebody@else.example", PASSWORD);
  expect(await screen.findByRole("alert")).toHaveTextContent("Type the address of your account");
  await confirm(USER.email, "wrong");
  expect(await screen.findByText("The current password is wrong.")).toBeVisible();

  expect(asked).toEqual([]);
});

test("a refusal is shown, and the form stays", async () => {
  server.use(
    http.post(ADDRESS, () =>
      HttpResponse.json({ code: "operator_account", detail: "No" }, { status: 403 }),
    ),
  );
  await renderPart(<DeleteAccountPage />);

  await confirm(USER.email, PASSWORD);

  expect(await screen.findByRole("alert")).toHaveTextContent("Ask an administrator");
  expect(screen.getByLabelText(/to confirm/)).toHaveValue(USER.email);
});

test("who asks again after a lost answer gets the receipt of the account that is gone", async () => {
  serve();
  server.use(http.post(ADDRESS, () => HttpResponse.error(), { once: true }));
  const { cognito } = await renderPart(<DeleteAccountPage />);
  await confirm(USER.email, PASSWORD);
  expect(await screen.findByText(/network does not answer/)).toBeVisible();
  cognito.changePassword = () => Promise.reject(new AppError("NotAuthorizedException"));

  await userEvent.click(screen.getByRole("button", { name: "Delete my account" }));

  expect(await screen.findByRole("heading", { name: "Your account is deleted" })).toBeVisible();
});

test("the data is offered before", async () => {
  await renderPart(<DeleteAccountPage />);

  expect(screen.getByRole("link", { name: "Export" })).toHaveAttribute("href", "/exports");
});
