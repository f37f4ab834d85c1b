"""Other model servers, measured in the same run as the worker."""
