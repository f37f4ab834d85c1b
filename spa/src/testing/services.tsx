import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { type InitialEntry, MemoryRouter } from "react-router";
import { onTestFinished } from "vitest";

import { Announcer } from "@/components/announcer";
import { NotificationArea } from "@/components/notify";
import { createApi, createTicket } from "@/lib/api";
import type { SignInStep, User, UserPool } from "@/lib/cognito";
import type { AppConfig } from "@/lib/config";
import { Deletions } from "@/lib/deletions";
import { AppError } from "@/lib/errors";
import { type Language, setLanguage } from "@/lib/i18n";
import { Push } from "@/lib/push";
import { type Services, ServicesContext } from "@/lib/services";
import { TaskHints } from "@/lib/task-hints";
import { taskKey } from "@/lib/tasks";
import { Session } from "@/lib/session";
import { Translated } from "@/lib/translated";

import { API } from "./server";

export const USER: User = { id: "user-1", email: "somebody@example.com" };
export const PASSWORD = "Correct-horse-1";

/** A user pool with one account, in memory. */
export class FakeCognito implements UserPool {
  token: string | undefined = "token-1";
  isRefused = false;

  findIdToken() {
    if (this.isRefused) return Promise.reject(new AppError("NotAuthorizedException"));
    return Promise.resolve(this.token ? { token: this.token, user: USER } : undefined);
  }

  signIn(_email: string, password: string): Promise<SignInStep> {
    if (password !== PASSWORD) return Promise.reject(new AppError("NotAuthorizedException"));
    this.isRefused = false;
    this.token = "token-2";
    return Promise.resolve("done");
  }

  chooseFirstPassword = (): Promise<SignInStep> => Promise.resolve("done");
  signUp = () => Promise.resolve();
  confirmSignUp = () => Promise.resolve();
  resendCode = () => Promise.resolve();
  requestReset = () => Promise.resolve();
  resetPassword = () => Promise.resolve();
  changePassword = (old: string): Promise<void> =>
    old === PASSWORD ? Promise.resolve() : Promise.reject(new AppError("NotAuthorizedException"));

  signOut() {
    this.token = undefined;
    return Promise.resolve();
  }
}

const pushes = new Set<Push>();

/** A socket that stays open, or its next try, would meet the next test. */
export function closePushes(): void {
  for (const push of pushes) push.close();
  pushes.clear();
}

export async function buildServices(cognito = new FakeCognito()) {
  const session = new Session(cognito);
  await session.restore();
  const api = createApi(API, session);
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const deletions = new Deletions(api, queries, {
    onDeleted: () => undefined,
    onFailed: () => undefined,
  });
  const config = { apiUrl: API, userPoolId: "pool", userPoolClientId: "client" };
  const push = new Push({ createTicket: () => createTicket(api), firstRetryMs: 5 });
  pushes.add(push);
  const hints = new TaskHints(push, {
    onFinished: (taskId) => void queries.invalidateQueries({ queryKey: taskKey(taskId) }),
  });
  const services: Services = { config, session, api, deletions, push, hints };
  return { services, queries, cognito };
}

/** Show the page in this language until the end of the test. */
export async function inLanguage(language: Language): Promise<void> {
  await setLanguage(language, { remember: false });
  onTestFinished(() => setLanguage("en", { remember: false }));
}

/** Render a part of the page with all providers of the page. */
export async function renderPart(
  part: ReactNode,
  path: InitialEntry = "/",
  config: Partial<AppConfig> = {},
  cognito = new FakeCognito(),
) {
  const built = await buildServices(cognito);
  const services = { ...built.services, config: { ...built.services.config, ...config } };
  render(
    <Translated>
      <MantineProvider env="test">
        <QueryClientProvider client={built.queries}>
          <ServicesContext value={services}>
            <MemoryRouter initialEntries={[path]}>{part}</MemoryRouter>
            <NotificationArea />
            <Announcer />
          </ServicesContext>
        </QueryClientProvider>
      </MantineProvider>
    </Translated>,
  );
  return built;
}
