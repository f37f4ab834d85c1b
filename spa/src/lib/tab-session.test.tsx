import { waitFor } from "@testing-library/react";
import { expect, onTestFinished, test } from "vitest";

import { FakeCognito, PASSWORD, USER } from "@/testing/services";

import { SessionEndedError } from "./errors";
import { Session } from "./session";
import { TabSession } from "./tab-session";
import { STAY_KEY, TokenStore, type Tokens } from "./token-store";

const KEY = "CognitoIdentityServiceProvider.client.user.idToken";

/** The storage of one tab. In the test all tabs share sessionStorage, in a browser they do not. */
class TabStore extends TokenStore {
  own: Tokens = {};
  override copy = () => this.own;
  override clear = () => this.adopt({});
  override adopt(tokens: Tokens): Promise<void> {
    this.own = tokens;
    return Promise.resolve();
  }
}

class TabCognito extends FakeCognito {
  constructor(readonly store: TabStore) {
    super();
  }

  override findIdToken() {
    this.token = this.store.own[KEY];
    return super.findIdToken();
  }

  override signIn(email: string, password: string) {
    this.store.own = { [KEY]: "token" };
    return super.signIn(email, password);
  }
}

function openTab() {
  const store = new TabStore();
  const session = new Session(new TabCognito(store));
  const tabs = new TabSession(session, store);
  onTestFinished(() => {
    tabs.close();
  });
  return { session, tabs };
}

test("a second tab is signed in, and both sign out together", async () => {
  const first = openTab();
  await first.session.signIn(USER.email, PASSWORD);
  const second = openTab();

  await second.tabs.borrow();

  expect(second.session.state).toEqual({ status: "signedIn", user: USER });
  await second.session.signOut();
  await waitFor(() => {
    expect(first.session.state.status).toBe("signedOut");
  });
});

test("a tab that shows the sign-in page is signed in with the other tab", async () => {
  const [first, second] = [openTab(), openTab()];

  await first.session.signIn(USER.email, PASSWORD);

  await waitFor(() => {
    expect(second.session.state.status).toBe("signedIn");
  });
});

test("a tab without any other tab stays signed out", async () => {
  const tab = openTab();
  localStorage.setItem("spotter.hasSession", "yes"); // Left by a browser that was closed

  await tab.tabs.borrow();

  expect(tab.session.state.status).toBe("signedOut");
  expect(localStorage.getItem("spotter.hasSession")).toBeNull(); // So the next visit does not wait
});

test("a tab does not act for somebody else who signed in elsewhere", async () => {
  const { session } = openTab();
  await session.signIn(USER.email, PASSWORD);
  const other = { token: "other", user: { ...USER, id: "somebody-else" } };
  session.cognito.findIdToken = () => Promise.resolve(other);

  await expect(session.getToken()).rejects.toBeInstanceOf(SessionEndedError);
});

test("this browser keeps the tokens only if the user chose to stay signed in", async () => {
  const store = new TokenStore();
  await store.setItem(KEY, "one");
  expect([sessionStorage.getItem(KEY), localStorage.getItem(KEY)]).toEqual(["one", null]);

  localStorage.setItem(STAY_KEY, "true");
  await store.setItem(KEY, "two");

  expect([sessionStorage.getItem(KEY), localStorage.getItem(KEY)]).toEqual([null, "two"]);
  expect(store.copy()).toEqual({ [KEY]: "two" });
  await store.clear();
  expect(await store.getItem(KEY)).toBeNull();
});
