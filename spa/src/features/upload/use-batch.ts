import { useQueries } from "@tanstack/react-query";

import { useServices } from "@/lib/services";
import { useStore } from "@/lib/store";
import { taskQuery } from "@/lib/tasks";

import { isMember, type Member } from "./batch";
import { useUploads } from "./uploads";

/** The photos of this visit with their tasks, as far as the page knows them. */
export function useBatch(): Member[] {
  const services = useServices();
  const { items } = useUploads();
  const hidden = useStore(services.deletions);
  const members = items.filter(
    (item) => isMember(item) && !(item.taskId !== undefined && hidden.has(item.taskId)),
  );
  // The tiles ask for the tasks. This only looks at what they got.
  const tasks = useQueries({
    queries: members.map(({ id, taskId }) => ({
      ...taskQuery(services, taskId ?? id),
      enabled: false,
    })),
  });
  return members.map((item, i) => ({ item, task: tasks[i]?.data }));
}
