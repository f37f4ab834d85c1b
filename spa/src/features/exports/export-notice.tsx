import { Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef } from "react";
import { useLocation, useNavigate } from "react-router";

import { announce } from "@/components/announcer";
import { hideNotification, notify } from "@/components/notify";
import { useTranslation } from "@/lib/i18n";
import { useApi } from "@/lib/services";

import { type Export, exportsQuery, isAnyOpen, isOpen, TEXTS } from "./exports";

/** The page of exports asks more often: there the user watches. */
const POLL_MS = 5_000;
const PAGE = "/exports";

/** Tells the user, wherever in the page, that an export is done. */
export function ExportNotice({ pollMs = POLL_MS }: { pollMs?: number }) {
  const { data } = useQuery({
    ...exportsQuery(useApi()),
    // The page of exports has begun or seen one. Without an open one nothing is asked.
    enabled: ({ state }) => isAnyOpen(state.data),
    refetchInterval: ({ state }) => (isAnyOpen(state.data) ? pollMs : false),
  });
  const tell = useEffectEvent(useTell());
  const open = useRef(new Set<string>());
  useEffect(() => {
    for (const one of data ?? []) {
      if (isOpen(one)) open.current.add(one.exportId);
      else if (open.current.delete(one.exportId)) tell(one);
    }
  }, [data]);
  return null;
}

function useTell() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  return ({ exportId, format, status }: Export) => {
    const isDone = status === "succeeded";
    const text = t(isDone ? "takeAway.ready" : "takeAway.failed", { name: t(TEXTS[format].name) });
    // There the file itself appears.
    if (pathname === PAGE) {
      announce(text);
      return;
    }
    const id = `export-${exportId}`;
    void notify({
      id,
      autoClose: false,
      ...(!isDone && { color: "red" }),
      message: (
        <Group justify="space-between" wrap="nowrap">
          {text}
          {/* Notifications are outside the router. */}
          <Button
            component="a"
            href={PAGE}
            size="compact-sm"
            variant="default"
            flex="none"
            onClick={(event) => {
              event.preventDefault();
              void navigate(PAGE);
              void hideNotification(id);
            }}
          >
            {t("takeAway.show")}
          </Button>
        </Group>
      ),
    });
  };
}
