"""What every deployable shares: settings, errors, labels, tasks, queue and storage."""
