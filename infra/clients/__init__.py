"""Writes the generated parts of clients/: the models, and the client without asyncio."""
