import "@testing-library/jest-dom/vitest";

import { notifications } from "@mantine/notifications";
import { cleanup, configure } from "@testing-library/react";
import { afterAll, afterEach, beforeAll } from "vitest";

import { forgetAnnouncements } from "@/components/announcer";
import { startI18n } from "@/lib/i18n";

import { server } from "./server";
import { closePushes } from "./services";

// A machine that also builds something else is slow and may stall.
configure({ asyncUtilTimeout: 40_000 });

// Mantine needs these, and jsdom does not have them.
window.matchMedia = (query) =>
  ({
    matches: false,
    media: query,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }) as unknown as MediaQueryList;
class NoObserver {
  observe = () => undefined;
  unobserve = () => undefined;
  disconnect = () => undefined;
}
Object.assign(window, { ResizeObserver: NoObserver, IntersectionObserver: NoObserver });
window.scrollTo = () => undefined;
Object.assign(URL, { createObjectURL: () => "blob:preview", revokeObjectURL: () => undefined });
Object.assign(Blob.prototype, {
  arrayBuffer(this: Blob) {
    return new Promise((resolve) => {
      const reader = new FileReader();
      reader.addEventListener("load", () => {
        resolve(reader.result);
      });
      reader.readAsArrayBuffer(this);
    });
  },
});

beforeAll(async () => {
  server.listen({ onUnhandledRequest: "error" });
  await startI18n();
});
afterEach(() => {
  cleanup();
  // All files share one process, so what a test leaves in a module meets the next one.
  closePushes();
  notifications.clean();
  forgetAnnouncements();
  server.resetHandlers();
  sessionStorage.clear();
  localStorage.clear();
});
afterAll(() => {
  server.close();
});
