import { useState } from "react";

import type { Api } from "./api";
import { findPicture, forgetAddress, type Picture, type Size } from "./pictures";
import { useApi } from "./services";
import { readTask, type Task } from "./tasks";

/** A picture that cannot be loaded at all must not ask without end. */
const RENEW_MS = 30_000;

/** The picture of a task. `renew` is for an address that does not load: it has expired. */
export function usePicture(task: Task, size: Size) {
  const api = useApi();
  const [renewed, setRenewed] = useState<{ at: number; task: Task | undefined }>({
    at: 0,
    task: undefined,
  });
  const newest = renewed.task?.taskId === task.taskId ? renewed.task : undefined;
  const renew = async () => {
    const at = Date.now();
    if (at - renewed.at < RENEW_MS) return;
    setRenewed({ at, task: newest });
    const answer = await readTask(api, task.taskId);
    forgetAddress(task.taskId);
    setRenewed({ at, task: answer });
  };
  return {
    picture: findPicture(pickNewer(task, newest), size),
    // A task that is gone or a network that is away: the place of the picture stays empty.
    renew: () => void renew().catch(() => undefined),
  };
}

/** The picture of a task with an address that can be loaded now. */
export async function getPicture(api: Api, task: Task): Promise<Picture | undefined> {
  const isExpired = task.image.urlExpiresAt && Date.parse(task.image.urlExpiresAt) <= Date.now();
  return findPicture(isExpired ? await readTask(api, task.taskId) : task, "preview");
}

function pickNewer(task: Task, other: Task | undefined): Task {
  const isOlder = (task.image.urlExpiresAt ?? "") < (other?.image.urlExpiresAt ?? "");
  return other && isOlder ? other : task;
}
