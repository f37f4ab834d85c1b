"""Uses the running local system through the client of `clients/python`."""
