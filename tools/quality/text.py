"""Measure how much drawn text is read exactly: `python -m tools.quality.text [FOLDER]`.

The lines are drawn on the demo photos, or on the JPEG photos of a folder. Nothing else is needed.
"""

import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from infra.local.demo.show import find_demo_photos
from infra.local.layout import WEIGHTS
from pipeline.core.options import Feature, Options
from pipeline.core.text import FoundLine
from pipeline.weights.rendered import DrawnLine, TextPicture, draw_pictures
from pipeline.worker.vision.recognizer import Recognition, Recognizer

LINES = {
    "English": (
        *("Fresh bread every day", "No parking at any time", "EMERGENCY EXIT", "Way out", "STOP"),
        *("Please mind the gap", "Coffee & Cake 3.50", "Open until late", "Platform 9", "PUSH"),
        *("Do not feed the ducks", "The quick brown fox", "Sale! Up to 50% off", "Library"),
        "Welcome to Springfield",
    ),
    "German": (
        *("Öffnungszeiten Montag bis Freitag", "Bäckerei Müller", "Vorsicht, bissiger Hund"),
        *("Straßenbahn", "Für Fußgänger gesperrt", "Kein Trinkwasser", "Grüße aus München"),
        *("Ausgang", "Schöne Weihnachten", "Zugang nur für Mitarbeiter", "Übergang"),
        *("Äpfel 2,99 €", "Rauchen verboten!", "Köln Hauptbahnhof", "Prüfgerät"),
    ),
    "Spanish": (
        *("¿Dónde está el baño?", "Prohibido fumar", "Salida de emergencia", "Año nuevo"),
        *("Panadería El Niño", "Atención: piso mojado", "Café con leche", "¡Bienvenidos!"),
        *("Estación de autobuses", "Mañana cerrado", "Teléfono público", "Jabón artesanal"),
        *("Camión", "Recepción", "Se vende piso"),
    ),
    "Numbers": (
        *("B-MW 4711", "+49 30 1234567", "2026-11-29", "1,299.00", "Tel. 555-0199", "A380-800"),
        *("ISBN 978-3-16", "12:45", "No. 42", "IBAN DE89 3704", "192.168.0.1", "25 km/h"),
        *("HH·AB 123", "3.14159", "K9 X7Q2"),
    ),
}
PER_PICTURE = 3
SEED = 7


@dataclass
class Tally:
    """What was read of the drawn lines."""

    drawn: Counter[str] = field(default_factory=Counter)  # By kind
    exact: Counter[str] = field(default_factory=Counter)
    misread: list[tuple[str, str]] = field(default_factory=list)  # What was drawn, what was read
    extra: int = 0
    """Lines elsewhere. Some of them are on the photo itself."""
    seconds: float = 0.0


def measure(recognizer: Recognizer, photos: Sequence[Path]) -> Tally:
    """Draw all lines, read them and compare."""
    kinds = {text: kind for kind, texts in LINES.items() for text in texts}
    tally = Tally()
    for picture in draw_pictures(photos, list(kinds), per_picture=PER_PICTURE, seed=SEED):
        started = time.process_time()
        found = recognizer.recognize_file(picture.file, Options(features=(Feature.TEXT,)))
        tally.seconds += time.process_time() - started
        compare(picture, found, kinds, tally)
    return tally


def compare(picture: TextPicture, found: Recognition, kinds: dict[str, str], tally: Tally) -> None:
    """Add one picture to the tally. Parts of a line count if together they give the line."""
    left = list(found.text.lines if found.text else ())
    for line in picture.lines:
        parts = [one for one in left if is_inside(one, line, found)]
        left = [one for one in left if one not in parts]
        read = " ".join(one.text for one in sorted(parts, key=lambda one: one.corners[0].x))
        tally.drawn[kinds[line.text]] += 1
        tally.exact[kinds[line.text]] += read == line.text
        if read != line.text:
            tally.misread.append((line.text, read))
    tally.extra += len(left)


def is_inside(read: FoundLine, drawn: DrawnLine, found: Recognition) -> bool:
    """Whether the middle of what was read lies in the box of what was drawn."""
    x = sum(corner.x for corner in read.corners) / 4 * found.width
    y = sum(corner.y for corner in read.corners) / 4 * found.height
    left, top, right, bottom = drawn.box
    return left <= x <= right and top <= y <= bottom


def main(arguments: Sequence[str]) -> int:
    photos = sorted(Path(arguments[0]).rglob("*.jpg")) if arguments else find_demo_photos()
    tally = measure(Recognizer(WEIGHTS), photos)
    console = Console()
    table = Table("kind", "drawn", "read exactly", title="Lines of text on photos")
    for kind in LINES:
        table.add_row(kind, str(tally.drawn[kind]), str(tally.exact[kind]))
    table.add_row("all", str(tally.drawn.total()), str(tally.exact.total()))
    console.print(table)
    for drawn, read in tally.misread:
        console.print(f"Not exact: {drawn} was read as {read or 'nothing'}")
    console.print(f"{tally.extra} other lines on the photos")
    pictures = -(-tally.drawn.total() // PER_PICTURE)
    console.print(f"{tally.seconds / pictures * 1000:.0f} ms of processor time a picture")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
