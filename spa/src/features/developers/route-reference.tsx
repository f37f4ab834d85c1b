import { useInfiniteQuery } from "@tanstack/react-query";

import { notify } from "@/components/notify";
import { buildCurl } from "@/lib/curl";
import { useTranslation } from "@/lib/i18n";
import { useApi, useServices } from "@/lib/services";
import { historyQuery } from "@/lib/tasks";

import { Copyable } from "./copyable";
import { FieldTable } from "./field-table";
import { findBodyExample, findExample, type Route } from "./openapi";
import { Prose } from "./prose";
import classes from "./route-reference.module.css";

/** One route: its description, parameters, answers, and a command that calls it. */
export function RouteReference({ route }: { route: Route }) {
  const { t } = useTranslation();
  const { method, path, operation } = route;
  const parameters = operation.parameters ?? [];
  const example = findExample(operation);
  return (
    <section className={classes.route} id={operation.operationId}>
      <h2>{operation.summary}</h2>
      <p className={classes.path}>
        <span className={classes.method}>{method}</span> {path}
      </p>
      {operation.description && <Prose text={operation.description} />}
      {parameters.length > 0 && (
        <FieldTable
          caption={t("api.parameters")}
          fields={parameters.map(({ name, schema, description, required }) => ({
            name,
            schema,
            description,
            isRequired: required ?? false,
          }))}
        />
      )}
      <CurlExamples route={route} />
      {example !== undefined && (
        <Copyable label={t("api.answer")} text={JSON.stringify(example, null, 2)} />
      )}
      <Answers route={route} />
    </section>
  );
}

function CurlExamples({ route }: { route: Route }) {
  const { t } = useTranslation();
  const { config, session } = useServices();
  const { method, path, operation } = route;
  const newest = useNewestTaskId();
  // A GET is harmless, so its command has a real id. For other methods the user types the id.
  const taskId = method === "GET" && newest ? newest : "TASK_ID";
  const url = config.apiUrl + path.replace("{taskId}", taskId);
  const json = findBodyExample(operation);
  const takesPicture = "image/jpeg" in (operation.requestBody?.content ?? {});
  const variants = [
    ...(takesPicture
      ? [{ name: t("api.curlPicture"), file: { path: "photo.jpg", contentType: "image/jpeg" } }]
      : []),
    { name: t(takesPicture ? "api.curlForm" : "api.curl"), json },
  ];
  return variants.map(({ name, ...body }) => (
    <Copyable
      key={name}
      label={name}
      text={buildCurl({ method, url, token: "$TOKEN", ...body }).replaceAll("$TOKEN", "…")}
      onCopy={async () => {
        const token = await session.getToken();
        await navigator.clipboard.writeText(buildCurl({ method, url, token, ...body }));
        void notify({ message: t("api.tokenCopied") });
      }}
    />
  ));
}

function useNewestTaskId(): string | undefined {
  const { data } = useInfiniteQuery(historyQuery(useApi()));
  return data?.pages[0]?.results[0]?.taskId;
}

function Answers({ route: { operation } }: { route: Route }) {
  const { t } = useTranslation();
  return (
    <details className={classes.answers}>
      <summary>{t("api.answers")}</summary>
      <dl>
        {Object.entries(operation.responses).map(([status, { description }]) => (
          <div key={status}>
            <dt>{status}</dt>
            <dd>
              <Prose text={description} />
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
