import { createContext, use } from "react";

import type { Api } from "./api";
import type { AppConfig } from "./config";
import type { Deletions } from "./deletions";
import type { Push } from "./push";
import type { Session, SessionState } from "./session";
import { useStore } from "./store";
import type { TaskHints } from "./task-hints";

export type Services = {
  config: AppConfig;
  session: Session;
  api: Api;
  deletions: Deletions;
  /** The socket of the page. */
  push: Push;
  hints: TaskHints;
};

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = use(ServicesContext);
  if (!services) throw new Error("ServicesContext is missing");
  return services;
}

export const useApi = () => useServices().api;

export function useSession(): { session: Session; state: SessionState } {
  const { session } = useServices();
  return { session, state: useStore(session) };
}
