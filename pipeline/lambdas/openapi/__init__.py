"""The API's OpenAPI documents, written from the code at build time; no function imports this."""
