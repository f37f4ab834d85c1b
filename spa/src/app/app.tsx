import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { RouterProvider } from "react-router/dom";

import { Announcer } from "@/components/announcer";
import { NotificationArea } from "@/components/notify";
import { UploadsContext } from "@/features/upload/uploads";
import { LookCloserContext } from "@/lib/look-closer";
import { ServicesContext } from "@/lib/services";
import type { Feature } from "@/lib/tasks";

import { createRouter } from "./router";
import type { AppServices } from "./start-services";
import { theme } from "./theme";

export function App({ services, queries, uploads }: AppServices) {
  const router = useMemo(() => createRouter(services.session), [services.session]);
  const lookCloser = useCallback(
    (photo: File, features: Feature[]) => {
      uploads.add([photo], { shrink: false, features, detail: "fine" });
    },
    [uploads],
  );
  return (
    // The styles are in theme.css: styles made at run time would need an unsafe CSP.
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={queries}>
        <ServicesContext value={services}>
          <UploadsContext value={uploads}>
            <LookCloserContext value={lookCloser}>
              <RouterProvider router={router} />
              <NotificationArea />
              <Announcer />
            </LookCloserContext>
          </UploadsContext>
        </ServicesContext>
      </QueryClientProvider>
    </MantineProvider>
  );
}
