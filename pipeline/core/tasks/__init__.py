"""All changes of a task: its record, its transitions, and the flow that calls them in order."""
