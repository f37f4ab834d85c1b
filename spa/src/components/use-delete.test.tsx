import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { useServices } from "@/lib/services";
import { useStore } from "@/lib/store";
import { buildTask } from "@/testing/examples";
import { renderPart } from "@/testing/services";

import { TaskCard } from "./task-card";
import { useDelete } from "./use-delete";

function Cards() {
  const deleteTasks = useDelete();
  const hidden = useStore(useServices().deletions);
  const tasks = ["dog", "cat"].map((taskId) => buildTask({ taskId, fileName: `${taskId}.jpg` }));
  return tasks
    .filter(({ taskId }) => !hidden.has(taskId))
    .map((task) => (
      <TaskCard
        key={task.taskId}
        task={task}
        onDelete={() => {
          deleteTasks([task.taskId]);
        }}
      />
    ));
}

test("a deletion by keyboard leads to Undo, and Undo back to the photo", async () => {
  const user = userEvent.setup();
  await renderPart(<Cards />);
  await user.tab();
  await user.tab();
  expect(screen.getByRole("button", { name: "Delete dog.jpg" })).toHaveFocus();

  await user.keyboard("{Enter}");

  await waitFor(() => {
    expect(screen.getByRole("button", { name: "Undo" })).toHaveFocus();
  });
  expect(screen.queryByRole("link", { name: /dog.jpg/ })).toBeNull();
  await user.keyboard("{Enter}");
  await waitFor(() => {
    expect(screen.getByRole("link", { name: /dog.jpg/ })).toHaveFocus();
  });
});
