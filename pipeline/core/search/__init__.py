"""Search in a user's results: which words find a task, the index of words, and questions to it."""
