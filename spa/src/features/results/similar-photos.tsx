import { queryOptions, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useResultText } from "@/components/use-result-text";
import type { Api } from "@/lib/api";
import type { SimilarPage } from "@client";
import { useApi } from "@/lib/services";
import { getCrossOrigin } from "@/lib/pictures";
import type { Task } from "@/lib/tasks";
import { usePicture } from "@/lib/use-picture";

import classes from "./similar-photos.module.css";

const SHOWN = 6;
/** The addresses of the pictures are valid for 60 s. */
const STALE_MS = 50_000;

const similarQuery = (api: Api, taskId: string) =>
  queryOptions({
    queryKey: ["similar", taskId],
    queryFn: async ({ signal }) => {
      const params = { path: { taskId }, query: { limit: SHOWN } };
      const { data } = await api.GET("/results/{taskId}/similar", { params, signal });
      return (data as SimilarPage).similar;
    },
    staleTime: STALE_MS,
  });

/** The user's other photos that are like this one, copies first. */
export function SimilarPhotos({ task }: { task: Task }) {
  const { t } = useTranslation();
  const api = useApi();
  const { data = [] } = useQuery({
    ...similarQuery(api, task.taskId),
    enabled: task.status === "succeeded" && task.fingerprint !== null,
  });
  if (data.length === 0) return null;
  return (
    <section className={classes.similar} aria-labelledby="similar">
      <h2 id="similar">{t("similar.title")}</h2>
      {data.some(({ isCopy }) => isCopy) && <p>{t("similar.copies")}</p>}
      <ul>
        {data.map(({ result, isCopy }) => (
          <li key={result.taskId}>
            <SimilarPhoto task={result} isCopy={isCopy} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function SimilarPhoto({ task, isCopy }: { task: Task; isCopy: boolean }) {
  const { t } = useTranslation();
  const resultText = useResultText();
  const { picture, renew } = usePicture(task, "thumbnail");
  return (
    <Link to={`/results/${task.taskId}`}>
      <img
        src={picture?.url}
        alt={task.fileName ?? t("task.unnamed")}
        crossOrigin={picture && getCrossOrigin(picture.url)}
        onError={renew}
      />
      <span>{isCopy ? t("similar.copy") : resultText(task)}</span>
    </Link>
  );
}
