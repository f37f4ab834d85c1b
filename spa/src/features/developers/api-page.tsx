import { Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { Page } from "@/components/page";
import { Problem, useProblem } from "@/components/problem";
import { useTranslation } from "@/lib/i18n";
import { useServices } from "@/lib/services";

import classes from "./api-page.module.css";
import { Copyable } from "./copyable";
import { listRoutes, type OpenApi } from "./openapi";
import { Prose } from "./prose";
import { RouteReference } from "./route-reference";
import { SchemaReference } from "./schema-reference";

async function loadDocument(): Promise<OpenApi> {
  const response = await fetch("/openapi.json");
  if (!response.ok) throw new TypeError(`openapi.json answered ${response.status}`);
  return (await response.json()) as OpenApi;
}

/** The reference of the API, made from its OpenAPI document. */
export function ApiPage() {
  const { t } = useTranslation();
  const { config } = useServices();
  const query = useQuery({
    queryKey: ["openapi"],
    queryFn: loadDocument,
    staleTime: Infinity,
  });
  const { data: document } = query;
  const problem = useProblem(query);
  return (
    <Page title={t("api.title")} lead={t("api.lead")}>
      <Problem error={problem} onRetry={() => void query.refetch()} />
      {!document && !problem && <Loader type="dots" color="var(--ink-3)" />}
      {document && (
        <div className={classes.layout}>
          <Contents document={document} />
          <div className={classes.body} lang="en">
            <Copyable label={t("api.address")} text={config.apiUrl} />
            <Prose text={document.info.description} />
            {listRoutes(document).map((route) => (
              <RouteReference key={route.operation.operationId} route={route} />
            ))}
            <h2 id="schemas">{t("api.schemas")}</h2>
            {Object.entries(document.components.schemas).map(([name, schema]) => (
              <SchemaReference key={name} name={name} schema={schema} />
            ))}
          </div>
        </div>
      )}
    </Page>
  );
}

function Contents({ document }: { document: OpenApi }) {
  const { t } = useTranslation();
  return (
    <nav className={classes.contents} aria-label={t("api.contents")}>
      <ul>
        {listRoutes(document).map(({ method, path, operation }) => (
          <li key={operation.operationId}>
            <a href={`#${operation.operationId}`}>
              <span className={classes.method}>{method}</span> {path}
            </a>
          </li>
        ))}
        <li>
          <a href="#schemas">{t("api.schemas")}</a>
        </li>
      </ul>
    </nav>
  );
}
