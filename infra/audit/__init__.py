"""Lists the shipped packages and their known vulnerabilities."""
