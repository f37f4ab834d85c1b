"""What a user would take instead, in the same run: `python -m tools.bench.peers SECONDS`.

Each peer gets the picture in an HTTP form and answers its labels: the same recogniser, weights,
engine and number of processes as the worker, on the worker's cores. What they do not do: sign-in,
storing picture and result, a queue that survives, trying again, history.
"""

import json
import sys
from dataclasses import asdict

import psutil

from tools.bench.peers.run import PEERS, measure_peer
from tools.bench.placement import choose_placement

if __name__ == "__main__":
    placement = choose_placement()
    for name in PEERS:
        found = measure_peer(name, placement, float(sys.argv[1]))
        sys.stdout.write(json.dumps({"peer": name, **asdict(found)}) + "\n")
    assert not psutil.Process().children()
