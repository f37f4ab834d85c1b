"""`spotter live`: what a camera sees, at once."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import click

from spotter_client._sync.client import Spotter
from spotter_client.cameras import FrameAnswer, LiveStream, run_at_rate, run_closed_loop
from spotter_client.frames import read_frames
from spotter_client.models import StreamRequest


@click.command()
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--frames", type=click.IntRange(1), help="Stop after this many; else at the end.")
@click.option(
    "--rate",
    type=click.FloatRange(0, min_open=True),
    help="Frames a second; else each waits for the answer to the last one.",
)
@click.option(
    "--cap", type=click.IntRange(1), default=3, help="With --rate: most frames without an answer."
)
@click.option("--min-confidence", type=click.FloatRange(0, 100), help="Leave out less sure labels.")
@click.option("--max-labels", type=click.IntRange(1, 100), help="The most labels of a frame.")
def live(
    source: Path,
    frames: int | None,
    rate: float | None,
    cap: int,
    min_confidence: float | None,
    max_labels: int | None,
) -> None:
    """Send SOURCE as a camera does and print a line of JSON for each answered frame.

    SOURCE is a film, a photo or a folder of photos, which begin again at their end. Ctrl-C stops.
    """
    pictures = islice(read_frames(source), frames)
    wanted = StreamRequest(
        name=source.resolve().name, min_confidence=min_confidence, max_labels=max_labels
    )
    try:
        with Spotter.from_login() as spotter, LiveStream(spotter, wanted) as stream:
            if rate:
                run_at_rate(stream, pictures, _print, rate=rate, cap=cap)
            else:
                run_closed_loop(stream, pictures, _print)
    except KeyboardInterrupt:
        return


def _print(answer: FrameAnswer) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False))
