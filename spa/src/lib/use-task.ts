import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";

import { useServices } from "./services";
import { isSettled, taskQuery } from "./tasks";

/**
 * Follows one task until it is finished.
 *
 * @param options.isNew Whether the photo was sent a moment ago.
 */
export function useTask(taskId: string, { isNew = false } = {}) {
  const services = useServices();
  const result = useQuery({
    ...taskQuery(services, taskId, isNew),
    // Somebody who sent photos may look at another tab meanwhile, and is told when they are done.
    refetchIntervalInBackground: isNew,
  });
  const isOpen = result.data ? !isSettled(result.data) : isNew;
  const { hints } = services;
  useEffect(() => (isOpen ? hints.listen() : undefined), [hints, isOpen]);
  return result;
}
