import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { useMemo } from "react";
import { RouterProvider } from "react-router/dom";

import { Announcer } from "@/components/announcer";
import { NotificationArea } from "@/components/notify";
import { UploadsContext } from "@/features/upload/uploads";
import { ServicesContext } from "@/lib/services";
import { Translated } from "@/lib/translated";

import { createRouter } from "./router";
import type { AppServices } from "./start-services";
import { theme } from "./theme";

export function App({ services, queries, uploads }: AppServices) {
  const router = useMemo(() => createRouter(services.session), [services.session]);
  return (
    <Translated>
      {/* The styles are in theme.css: styles made at run time would need an unsafe CSP. */}
      <MantineProvider
        theme={theme}
        defaultColorScheme="auto"
        withCssVariables={false}
        withGlobalClasses={false}
      >
        <QueryClientProvider client={queries}>
          <ServicesContext value={services}>
            <UploadsContext value={uploads}>
              <RouterProvider router={router} />
              <NotificationArea />
              <Announcer />
            </UploadsContext>
          </ServicesContext>
        </QueryClientProvider>
      </MantineProvider>
    </Translated>
  );
}
