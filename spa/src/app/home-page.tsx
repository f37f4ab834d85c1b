import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { Gallery } from "@/components/gallery";
import { Notice } from "@/components/notice";
import { usePageFocus } from "@/components/page";
import { TaskCard } from "@/components/task-card";
import { useDelete } from "@/components/use-delete";
import { AddPhotos } from "@/features/upload/add-photos";
import { countBatch } from "@/features/upload/batch";
import { BatchLine } from "@/features/upload/batch-line";
import { RefusedList } from "@/features/upload/refused-list";
import { useBatch } from "@/features/upload/use-batch";
import { useUploads } from "@/features/upload/uploads";
import { UploadsGallery } from "@/features/upload/uploads-gallery";
import { useApi, useServices } from "@/lib/services";
import { useStore } from "@/lib/store";
import { historyQuery } from "@/lib/tasks";

import classes from "./home-page.module.css";

const MOST_RECENT = 8;

/** Takes photos and shows the photos of this visit. */
export function HomePage() {
  const { t } = useTranslation();
  const { items } = useUploads();
  const members = useBatch();
  const { open } = countBatch(members);
  const ref = usePageFocus(`${open > 0 ? `(${open}) ` : ""}${t("upload.title")}`);
  return (
    <div className={classes.page}>
      <Notice />
      <AddPhotos
        heading={
          <h1 ref={ref} tabIndex={-1}>
            {t(items.length > 0 ? "upload.more" : "upload.title")}
          </h1>
        }
      />
      <section>
        <BatchLine members={members} />
        <RefusedList />
        <UploadsGallery />
      </section>
      <Recent />
    </div>
  );
}

/** The newest photos of earlier visits. */
function Recent() {
  const { t } = useTranslation();
  const { items } = useUploads();
  const hidden = useStore(useServices().deletions);
  const deleteTasks = useDelete();
  const { data } = useInfiniteQuery(historyQuery(useApi(), null));
  const here = new Set(items.map(({ taskId }) => taskId));
  const tasks = (data?.pages[0]?.results ?? [])
    .filter(({ taskId }) => !here.has(taskId) && !hidden.has(taskId))
    .slice(0, MOST_RECENT);
  if (tasks.length === 0) return null;
  return (
    <section>
      <div className={classes.head}>
        <h2>{t("upload.recent")}</h2>
        <Link to="/history">{t("upload.all")}</Link>
      </div>
      <Gallery label={t("upload.recent")}>
        {tasks.map((task) => (
          <TaskCard
            key={task.taskId}
            task={task}
            onDelete={() => {
              deleteTasks([task.taskId]);
            }}
          />
        ))}
      </Gallery>
    </section>
  );
}
