import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useApi } from "@/lib/services";
import type { Task } from "@/lib/tasks";
import { showVersion, versionsQuery } from "@/lib/versions";

/** The versions of a result, and the one that the page shows: the newest until another is chosen. */
export function useVersions(task: Task | undefined) {
  const api = useApi();
  const [chosen, setChosen] = useState<{ of: number; version: number }>();
  const { data: versions = [] } = useQuery({
    ...versionsQuery(api, task ?? NO_TASK),
    enabled: task !== undefined && task.version > 1,
  });
  // A new version is shown as soon as it is there.
  const wanted = chosen?.of === task?.version ? chosen?.version : undefined;
  const earlier = versions.find(({ version }) => version === wanted && version !== task?.version);
  const view = task && {
    newest: task,
    /** The version that is shown. */
    task: earlier ? showVersion(task, earlier) : task,
    isEarlier: earlier !== undefined,
  };
  const choose = (version: number) => {
    if (task) setChosen({ of: task.version, version });
  };
  return { view, versions, choose };
}

const NO_TASK = { taskId: "", version: 1, nextVersion: null } as unknown as Task;
