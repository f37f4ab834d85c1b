"""The client without asyncio, made from `spotter_client._async`."""
