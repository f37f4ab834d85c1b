import "@fontsource-variable/bricolage-grotesque/index.css";
import "@fontsource-variable/instrument-sans/index.css";
import "@mantine/core/styles.css";
import "@mantine/dropzone/styles.css";
import "@mantine/notifications/styles.css";
import "./theme.css";
import "./forced-colors.css";

import { createRoot } from "react-dom/client";

import { startI18n } from "@/lib/i18n";

import { App } from "./app";
import { forgetScrollPositions } from "./scroll-positions";
import { startServices } from "./start-services";

// A deployment may delete the chunks of a page that is open: reload the page once.
addEventListener("vite:preloadError", () => {
  if (navigator.onLine && sessionStorage.getItem("spotter.reloaded") === null) {
    sessionStorage.setItem("spotter.reloaded", "yes");
    location.reload();
  }
});

// Without it the page works as well, but not without a network.
if (import.meta.env.PROD && "serviceWorker" in navigator) {
  addEventListener("load", () => {
    navigator.serviceWorker.register("/sw.js").catch(console.error);
  });
}

forgetScrollPositions();

async function start(): Promise<void> {
  const [app] = await Promise.all([startServices(), startI18n()]);
  const root = document.getElementById("root");
  if (!root) throw new Error("index.html has no #root");
  createRoot(root).render(<App {...app} />);
}

start().catch((error: unknown) => {
  console.error(error);
  document.body.append("Spotter could not start. Please reload the page in a minute.");
});
