"""Messages to users who have a WebSocket open: hints that a task is finished, results of frames."""
