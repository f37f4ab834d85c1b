"""Measures other servers that can serve our recogniser: `python -m tools.bench.peers SECONDS`.

Each peer receives the picture in an HTTP form and answers with its labels. It uses the same
recogniser, weights, engine and number of processes as the worker, on the worker's cores. A peer has
no sign-in, no stored pictures and results, no durable queue, no retries and no history.
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
