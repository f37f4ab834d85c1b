import type { ReactNode } from "react";

import { Gallery } from "@/components/gallery";
import { usePlaceAnnouncement } from "@/components/queue-place";
import { TaskCard } from "@/components/task-card";
import { useDelete } from "@/components/use-delete";
import { useFinishAnnouncement } from "@/components/use-finish-announcement";
import { useTranslation } from "@/lib/i18n";
import { USUAL_RATIO } from "@/lib/pictures";
import { EVERYTHING } from "@/lib/place";
import { useServices } from "@/lib/services";
import { useStore } from "@/lib/store";
import type { Task } from "@/lib/tasks";
import { useTask } from "@/lib/use-task";

import { isAccepted, type UploadItem } from "./upload-item";
import { UploadTile } from "./upload-tile";
import { useUploads } from "./uploads";

type Props = {
  /** What lies over the photo of a task. */
  renderMark?: (task: Task) => ReactNode;
};

/** The photos of this visit, during their upload and with their labels. */
export function UploadsGallery({ renderMark }: Props) {
  const { t } = useTranslation();
  const { queue, items } = useUploads();
  const hidden = useStore(useServices().deletions);
  const shown = items.filter(
    (item) => isAccepted(item) && !(item.taskId !== undefined && hidden.has(item.taskId)),
  );
  if (shown.length === 0) return null;
  return (
    <Gallery label={t("upload.thisVisit")} even={USUAL_RATIO}>
      {shown.map((item) =>
        item.status === "sent" && item.taskId ? (
          <SentTile
            key={item.id}
            item={item}
            taskId={item.taskId}
            isOnly={shown.length === 1}
            renderMark={renderMark}
          />
        ) : (
          <UploadTile
            key={item.id}
            item={item}
            onRemove={() => {
              queue.cancel(item.id);
            }}
          />
        ),
      )}
    </Gallery>
  );
}

type SentProps = {
  item: UploadItem;
  taskId: string;
  /** Whether it is the only photo. Else the line of the batch says how far all are. */
  isOnly: boolean;
  renderMark: Props["renderMark"] | undefined;
};

function SentTile({ item, taskId, isOnly, renderMark }: SentProps) {
  const deleteTasks = useDelete();
  const { data: task } = useTask(taskId, { isNew: true });
  useFinishAnnouncement(task);
  usePlaceAnnouncement(task, { isWanted: isOnly });
  const remove = () => {
    deleteTasks([taskId]);
  };
  // Until the first answer of the API
  if (!task) return <UploadTile item={item} onRemove={remove} />;
  return <TaskCard task={task} onDelete={remove} place={EVERYTHING} mark={renderMark?.(task)} />;
}
