"""Draws the results of a run."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt

from tools.bench.rows import Measurements

OURS, OTHERS = "#1d4ed8", "#94a3b8"


def draw(found: Measurements, path: Path) -> None:
    """Write a PNG: throughput compared with the bare loop and the peers, and time by users."""
    plt.switch_backend("agg")
    figure, (throughput, time) = plt.subplots(1, 2, figsize=(10, 3.5))
    rates = {
        "Bare loop": 1.0,
        "Worker": found.worker.over_bare_loop,
        **{name: peer.over_bare_loop for name, peer in found.peers.items()},
    }
    colours = [OURS if name == "Worker" else OTHERS for name in rates]
    throughput.barh(list(rates), list(rates.values()), color=colours)
    throughput.invert_yaxis()
    throughput.set_xlabel("Images per second, as a ratio to the bare loop on the same cores")
    wholes = [whole for whole in found.wholes if whole.crowd.seconds]
    users = [str(whole.users) for whole in wholes]
    for percent in (50, 95, 99):
        [*values] = (whole.crowd.get_percentiles(percent)[0] for whole in wholes)
        time.plot(users, values, marker="o", label=f"p{percent}")
    time.set_xlabel("Users, one picture every 10 s each")
    time.set_ylabel("Upload to result, s")
    time.set_ylim(bottom=0)
    time.legend()
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=90)
    plt.close(figure)
