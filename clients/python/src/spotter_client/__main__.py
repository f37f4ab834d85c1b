"""The command `spotter`: python -m spotter_client."""

from spotter_client.cli import main

if __name__ == "__main__":
    main()
