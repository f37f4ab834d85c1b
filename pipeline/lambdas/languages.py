"""What labels are called in the language that a caller asks for with `Accept-Language`."""

from collections.abc import Iterable

from aws_lambda_powertools.event_handler import APIGatewayRestResolver

from pipeline.core.labels import Label
from pipeline.core.search.terms import LANGUAGES, load_names

ENGLISH = "en"
_MOST_WANTED = 20
"""Languages of a header that are looked at. Browsers send fewer than ten."""


def get_language(app: APIGatewayRestResolver) -> str | None:
    """The language of the answer, such as "de"; None for English."""
    return choose_language(app.current_event.headers.get("accept-language", ""))


def choose_language(header: str) -> str | None:
    """The language that is wanted most of those that labels have names in; None for English."""
    wanted = [_read(part) for part in header.split(",")[:_MOST_WANTED]]
    known = [each for each in wanted if each[1] in (ENGLISH, *LANGUAGES) and each[0] > 0]
    # The first of those that are wanted equally
    _, language = max(known, key=lambda each: each[0], default=(1.0, ENGLISH))
    return None if language == ENGLISH else language


def _read(part: str) -> tuple[float, str]:
    """How much a language is wanted, and which: "de-CH;q=0.9" is German with 0.9."""
    tag, _, quality = part.partition(";")
    language = tag.strip().partition("-")[0].lower()
    try:
        return float(quality.strip().removeprefix("q=") or 1), language
    except ValueError:
        return 0.0, language


def name_labels(labels: Iterable[Label], language: str | None) -> dict[str, str] | None:
    """What these labels and their parents are called, by their English names; None in English.

    A name that has none in this language, such as one that the owner made up, is left out.
    """
    if language is None:
        return None
    names = load_names(language)
    english = [name for label in labels for name in _list_names(label)]
    return {name: names[name] for name in english if name in names}


def _list_names(label: Label) -> list[str]:
    return [label.name, *(parent.name for parent in label.parents)]
