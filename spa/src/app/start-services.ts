import { QueryClient } from "@tanstack/react-query";
import i18next from "i18next";

import { forgetAnnouncements } from "@/components/announcer";
import { notify } from "@/components/notify";
import { continueUploads } from "@/features/upload/continue-uploads";
import { forgetSharedPhotos } from "@/features/upload/shared-photos";
import { UploadQueue } from "@/features/upload/upload-queue";
import { type Api, createApi, createTicket } from "@/lib/api";
import { choosePause } from "@/lib/backoff";
import { loadConfig } from "@/lib/config";
import { Cognito } from "@/lib/cognito";
import { defaultsQuery } from "@/lib/defaults";
import { Deletions } from "@/lib/deletions";
import { ApiError, isPassing } from "@/lib/errors";
import { forgetPictures } from "@/lib/pictures";
import { Push } from "@/lib/push";
import type { Services } from "@/lib/services";
import { Session } from "@/lib/session";
import { TabSession } from "@/lib/tab-session";
import { TaskHints } from "@/lib/task-hints";
import { historyKey, refreshOpenTasks, taskKey } from "@/lib/tasks";
import { TokenStore } from "@/lib/token-store";

export type AppServices = { services: Services; queries: QueryClient; uploads: UploadQueue };

/** Create every service that lives as long as the page. */
export async function startServices(): Promise<AppServices> {
  const config = await loadConfig();
  const tokens = new TokenStore();
  const session = new Session(new Cognito(config, tokens));
  const tabs = new TabSession(session, tokens);
  const api = createApi(config.apiUrl, session);
  const queries = createQueryClient();
  const uploads = new UploadQueue(api, {
    // The history page asks again by itself. No other list shows the photos of this visit.
    onSent: () => void queries.invalidateQueries({ queryKey: historyKey, refetchType: "none" }),
    readDefaults: () => queries.query(defaultsQuery(api)),
  });
  const deletions = new Deletions(api, queries, {
    onDeleted: (taskId) => {
      uploads.forget(taskId);
    },
    onFailed: () => {
      void notify({ color: "red", message: i18next.t("history.deleteFailed") });
    },
  });
  const services = { config, session, api, deletions, ...createPush(api, queries) };
  const app = { services, queries, uploads };
  // Show the page even if the network is gone at the start.
  await session.restore().catch(() => undefined);
  await tabs.borrow();
  if (session.state.status === "signedIn") {
    void deletions.commit();
    void continueUploads(uploads, queries);
  } else uploads.clear();
  followSession(app);
  followUploads(app);
  followBrowser(app);
  return app;
}

function createPush(api: Api, queries: QueryClient): Pick<Services, "push" | "hints"> {
  const push = new Push({
    createTicket: () => createTicket(api),
    onLost: () => {
      hints.stopWaiting();
      void refreshOpenTasks(queries);
    },
  });
  const hints = new TaskHints(push, {
    onFinished: (taskId) => void queries.invalidateQueries({ queryKey: taskKey(taskId) }),
  });
  return { push, hints };
}

/** Have the socket open when a photo is finished: it may take less time than to open one. */
function followUploads({ services, uploads }: AppServices): void {
  let end: (() => void) | undefined;
  uploads.subscribe(() => {
    if (uploads.isBusy) {
      end ??= services.hints.listen();
    } else {
      end?.();
      end = undefined;
    }
  });
}

function createQueryClient(): QueryClient {
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        // Do not retry what the API refused. Other errors may be transient.
        retry: (count, error) => count < 3 && isPassing(error),
        retryDelay: (count, error) =>
          choosePause(1_000 * 2 ** count, error instanceof ApiError ? error.retryAfterMs : null),
      },
    },
  });
  return queries;
}

/** Resume uploads when the user returns; delete all data in memory when the user leaves. */
function followSession({ services, queries, uploads }: AppServices): void {
  const { session, deletions, push } = services;
  let before = session.state.status;
  session.subscribe(() => {
    const { status } = session.state;
    if (status === "signedIn" && before === "ended") {
      uploads.resume();
      void queries.invalidateQueries();
    }
    if (status === "signedOut") {
      uploads.clear();
      deletions.clear();
      push.close();
      queries.clear();
      forgetPictures();
      forgetAnnouncements();
      void forgetSharedPhotos();
    }
    before = status;
  });
}

function followBrowser({ services, uploads }: AppServices): void {
  addEventListener("online", () => {
    uploads.resume();
  });
  addEventListener("pagehide", () => {
    void services.deletions.commitAll();
  });
  addEventListener("beforeunload", (event) => {
    if (uploads.isBusy) event.preventDefault();
  });
}
