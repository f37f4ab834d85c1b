"""Where Spotter runs: AWS by Terraform, this machine by `infra.local`.

Programs of this repository use the client of `clients/python` as it stands here: its folder is on
their path, so nothing must be installed again when it changes.
"""

import sys
from pathlib import Path

CLIENT_SOURCE = Path(__file__).resolve().parents[1] / "clients" / "python" / "src"

if str(CLIENT_SOURCE) not in sys.path:
    sys.path.append(str(CLIENT_SOURCE))
