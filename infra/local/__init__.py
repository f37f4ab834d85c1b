"""The whole of Spotter on this machine."""
