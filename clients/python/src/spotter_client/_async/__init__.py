"""The client for asyncio. `spotter_client._sync` is made from it: `make openapi`."""
