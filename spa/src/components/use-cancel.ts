import { useMutation, useQueryClient } from "@tanstack/react-query";

import { toAppError } from "@/lib/errors";
import { useErrorText } from "@/lib/i18n";
import { isByKeyboard } from "@/lib/last-input";
import { useApi } from "@/lib/services";
import { taskKey } from "@/lib/tasks";

import { focusLater } from "./focus";
import { notify } from "./notify";

/**
 * Closes a task, or the new version of a result, while it waits.
 *
 * @param next A selector of what gets the focus of the keyboard, because the button goes.
 */
export function useCancel(taskId: string, next: string) {
  const api = useApi();
  const queries = useQueryClient();
  const errorText = useErrorText();
  const { mutate, isPending } = useMutation<unknown, Error, { isKeyboard: boolean }>({
    mutationFn: () => api.POST("/results/{taskId}/cancel", { params: { path: { taskId } } }),
    onError: (error) => {
      void notify({ color: "red", message: errorText(toAppError(error).code) });
    },
    // If a worker was faster, the task shows it.
    onSettled: async (_data, _error, { isKeyboard }) => {
      if (isKeyboard) focusLater(next);
      await queries.invalidateQueries({ queryKey: taskKey(taskId) });
    },
  });
  return {
    isPending,
    cancel: () => {
      mutate({ isKeyboard: isByKeyboard() });
    },
  };
}
