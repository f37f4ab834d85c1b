"""The API and the event functions: one file is one function with one IAM role."""
