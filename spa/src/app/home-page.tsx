import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
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
import { Samples } from "@/features/upload/samples";
import { useBatch } from "@/features/upload/use-batch";
import { useSharedPhotos } from "@/features/upload/shared-photos";
import { isAccepted } from "@/features/upload/upload-item";
import { useUploads } from "@/features/upload/uploads";
import { UploadsGallery } from "@/features/upload/uploads-gallery";
import { useTranslation } from "@/lib/i18n";
import { EVERYTHING } from "@/lib/place";
import { useApi, useServices } from "@/lib/services";
import { useStore } from "@/lib/store";
import { historyQuery, type Task } from "@/lib/tasks";

import classes from "./home-page.module.css";
import { LatePart } from "./late-part";

const MOST_RECENT = 8;

const loadDoubles = () => import("@/features/upload/doubles");
const loadWatch = async () => (await loadDoubles()).DoublesWatch;
const loadMark = async () => (await loadDoubles()).DoubleMark;
const loadRemove = async () => (await loadDoubles()).RemoveDoubles;

/** Takes photos and shows the photos of this visit. */
export function HomePage() {
  const { t } = useTranslation();
  const { items } = useUploads();
  const members = useBatch();
  const { open, done } = countBatch(members);
  const ref = usePageFocus(`${open > 0 ? `(${open}) ` : ""}${t("upload.title")}`);
  const visit = useRevealed(items.filter(isAccepted).length);
  useSharedPhotos();
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
      <section ref={visit} className={classes.visit}>
        <BatchLine members={members}>
          <LatePart load={loadRemove} isWanted={done > 1} props={{ members }} />
        </BatchLine>
        <UploadsGallery renderMark={renderMark} />
        <RefusedList />
      </section>
      <LatePart load={loadWatch} isWanted={done > 0} props={{ members }} />
      {/* They would have to move for the photos of this visit. */}
      {items.length === 0 && <Recent />}
    </div>
  );
}

const renderMark = (task: Task) => (
  <LatePart load={loadMark} isWanted={task.status === "succeeded"} props={{ task }} />
);

/** Scrolls to the photos of this visit when some are added and they begin below the screen. */
function useRevealed(count: number) {
  const ref = useRef<HTMLElement>(null);
  const before = useRef(count);
  useEffect(() => {
    const isMore = count > before.current;
    before.current = count;
    const top = ref.current?.getBoundingClientRect().top ?? 0;
    if (isMore && top > innerHeight / 2) ref.current?.scrollIntoView({ block: "start" });
  }, [count]);
  return ref;
}

/** The newest photos of earlier visits, or samples for somebody who has sent none. */
function Recent() {
  const { t } = useTranslation();
  const hidden = useStore(useServices().deletions);
  const deleteTasks = useDelete();
  const { data } = useInfiniteQuery(historyQuery(useApi()));
  const tasks = (data?.pages[0]?.results ?? [])
    .filter(({ taskId }) => !hidden.has(taskId))
    .slice(0, MOST_RECENT);
  if (tasks.length === 0) return data ? <Samples /> : null;
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
            place={EVERYTHING}
            onDelete={() => {
              deleteTasks([task.taskId]);
            }}
          />
        ))}
      </Gallery>
    </section>
  );
}
