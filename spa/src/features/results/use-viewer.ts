import { useState } from "react";
import { useNavigate } from "react-router";

import { usePlace } from "@/lib/place";
import type { Task } from "@/lib/tasks";

import type { Neighbours } from "./use-neighbours";

/** The photo that fills the window, and what happens when it is closed. */
export function useViewer(taskId: string, { tasks, index, reach }: Neighbours) {
  const navigate = useNavigate();
  const place = usePlace();
  const [opened, setOpened] = useState<Task>();
  const [shown, setShown] = useState(0);
  // A photo that is in no list is shown alone.
  const slides = opened && index < 0 ? [opened] : tasks;
  return {
    isOpen: opened !== undefined,
    open: (task: Task) => {
      setOpened(task);
      setShown(Math.max(index, 0));
    },
    props: {
      tasks: slides,
      index: shown,
      onView: (to: number) => {
        setShown(to);
        if (index >= 0) reach(to);
      },
      onClose: () => {
        setOpened(undefined);
        const last = slides[shown]?.taskId ?? taskId;
        // The page shows the photo that was seen last.
        if (last !== taskId) void navigate(`/results/${last}`, { replace: true, state: place });
      },
    },
  };
}
