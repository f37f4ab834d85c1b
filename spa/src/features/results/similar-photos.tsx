import { Button } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "react-router";

import { useDelete } from "@/components/use-delete";
import { useResultText } from "@/components/use-result-text";
import type { Api } from "@/lib/api";
import type { SimilarPage } from "@client";
import { useTranslation } from "@/lib/i18n";
import { getCrossOrigin } from "@/lib/pictures";
import { EVERYTHING, usePlace } from "@/lib/place";
import { useApi } from "@/lib/services";
import type { Task } from "@/lib/tasks";
import { useKept } from "@/lib/use-kept";
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
  const { kept } = useKept();
  const copy = data.find(({ isCopy }) => isCopy)?.result;
  if (data.length === 0) return null;
  return (
    <section className={classes.similar} aria-labelledby="similar">
      <h2 id="similar">{t("similar.title")}</h2>
      {copy && !kept.has(task.taskId) && <Choice task={task} copy={copy} />}
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

/** What to do with a photo that the user has already. */
function Choice({ task, copy }: { task: Task; copy: Task }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const deleteTasks = useDelete();
  const { keep } = useKept();
  const { from } = usePlace() ?? EVERYTHING;
  const remove = async () => {
    await navigate(from);
    deleteTasks([task.taskId]);
  };
  return (
    <div className={classes.choice}>
      <p>{t("similar.copies")}</p>
      <Button variant="default" size="compact-md" component={Link} to={`/results/${copy.taskId}`}>
        {t("doubles.open")}
      </Button>
      <Button
        variant="default"
        size="compact-md"
        onClick={() => {
          keep([task.taskId]);
        }}
      >
        {t("doubles.keepBoth")}
      </Button>
      <Button variant="default" size="compact-md" onClick={() => void remove()}>
        {t("doubles.remove")}
      </Button>
    </div>
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
