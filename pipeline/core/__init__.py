"""The code that all deployables share: settings, errors, labels, tasks, queue and storage."""
