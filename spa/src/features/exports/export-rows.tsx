import { ActionIcon, Button, Progress } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { announce } from "@/components/announcer";
import { TrashIcon } from "@/components/icons";
import { DownloadIcon } from "@/components/later-icons";
import { Problem } from "@/components/problem";
import { Row, Rows } from "@/components/rows";
import { ApiError } from "@/lib/errors";
import { useErrorText, useFormat, useTranslation } from "@/lib/i18n";
import { useApi } from "@/lib/services";

import { deleteExport, type Export, exportsKey, getLink, isOpen, TEXTS } from "./exports";

/** The user's exports with their progress and their files. */
export function ExportRows({ present }: { present: readonly Export[] }) {
  return (
    <Rows>
      {present.map((one) => (
        <ExportRow key={one.exportId} one={one} />
      ))}
    </Rows>
  );
}

function ExportRow({ one }: { one: Export }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { download, remove } = useActions(one);
  const name = t(TEXTS[one.format].name);
  const isGone = isMissing(download.error);
  return (
    <Row
      about={
        <>
          <strong>{name}</strong>
          <span>{format.dateTime(one.createdAt)}</span>
          {!isGone && <State one={one} />}
          <Problem error={download.error ?? remove.error} />
        </>
      }
    >
      {one.status === "succeeded" && !isGone && (
        <Button
          variant="default"
          size="compact-md"
          leftSection={<DownloadIcon size={18} />}
          loading={download.isPending}
          onClick={() => {
            download.mutate();
          }}
          aria-label={t("takeAway.downloadThis", { name })}
        >
          {t("takeAway.download")}
        </Button>
      )}
      <ActionIcon
        variant="subtle"
        size="lg"
        loading={remove.isPending}
        onClick={() => {
          remove.mutate();
        }}
        aria-label={t(isOpen(one) ? "takeAway.stop" : "takeAway.delete", { name })}
      >
        <TrashIcon size={18} />
      </ActionIcon>
    </Row>
  );
}

const isMissing = (error: unknown) =>
  error instanceof ApiError && error.code === "export_not_found";

function State({ one }: { one: Export }) {
  const { t } = useTranslation();
  const format = useFormat();
  const errorText = useErrorText();
  if (one.error) return <span>{errorText(one.error.code, one.error.message)}</span>;
  if (!isOpen(one))
    return (
      <span>
        {t("takeAway.done", {
          count: one.photos,
          size: format.bytes(one.sizeBytes),
          until: format.dateTime(one.expiresAt),
        })}
      </span>
    );
  const label = one.total
    ? t("takeAway.progressOf", { photos: one.photos, total: one.total })
    : t("takeAway.progress", { count: one.photos });
  return (
    <>
      <span>{label}</span>
      <Progress
        value={one.total ? Math.min((100 * one.photos) / one.total, 100) : 100}
        animated={!one.total}
        aria-label={label}
      />
    </>
  );
}

function useActions({ exportId }: Export) {
  const { t } = useTranslation();
  const api = useApi();
  const queries = useQueryClient();
  const download = useMutation({
    mutationFn: async () => {
      const url = await getLink(api, exportId);
      // The file says that it is an attachment, so the page stays.
      if (url) location.assign(url);
      else await queries.invalidateQueries({ queryKey: exportsKey });
    },
  });
  const remove = useMutation({
    mutationFn: () =>
      deleteExport(api, exportId).catch((error: unknown) => {
        // It ended meanwhile, or another browser deleted it.
        if (!isMissing(error)) throw error;
      }),
    onSuccess: async () => {
      announce(t("takeAway.deleted"));
      await queries.invalidateQueries({ queryKey: exportsKey });
    },
  });
  return { download, remove };
}
