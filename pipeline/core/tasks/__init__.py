"""What is done to a task: its record, its transitions, and the flow that calls them in order."""
