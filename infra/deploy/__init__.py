"""From this checkout to a running system on AWS, and back to nothing."""
