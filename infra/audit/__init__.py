"""Lists the packages that we ship and their known vulnerabilities."""
