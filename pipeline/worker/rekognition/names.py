"""Brings the labels of Amazon Rekognition to our vocabulary, and keeps its names as aliases.

A name that is a name or an alias of ours becomes ours: "Automobile" is "car". Rekognition's other
names stay as they are. Wider names are ours first, then those that only Rekognition knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipeline.core.labels import BoundingBox, Instance, Label, LabelName
from pipeline.core.vocabulary import Word, WordFinder
from pipeline.worker.rekognition.answers import FoundBox, FoundLabel

_CONFIDENCE_DIGITS = 2
_BOX_DIGITS = 4  # 1/10,000 of the picture


class Names:
    """Finds our word for a name of Rekognition."""

    def __init__(self, words: Mapping[str, Word]) -> None:
        self._words = WordFinder(words)

    def translate(self, found: Iterable[FoundLabel]) -> list[Label]:
        """Return the labels in our words, most confident first. Each name comes once."""
        labels: dict[str, Label] = {}
        for one in found:
            label = self._build_label(one)
            known = labels.get(label.name)
            labels[label.name] = _merge(known, label) if known else label
        return sorted(labels.values(), key=lambda label: -label.confidence)

    def _build_label(self, found: FoundLabel) -> Label:
        word = self._words.find(found.name)
        name = word.name if word else found.name
        parents = [self._say(parent.name) for parent in found.parents]
        aliases = [found.name, *(alias.name for alias in found.aliases)]
        own_parents, own_aliases = (word.parents, word.aliases) if word else ((), ())
        return Label(
            name=name,
            confidence=_round(found.confidence),
            parents=_list_names([*own_parents, *parents], besides=name),
            aliases=_list_names([*own_aliases, *aliases], besides=name),
            instances=[
                Instance(
                    bounding_box=build_box(instance.bounding_box),
                    confidence=_round(instance.confidence),
                )
                for instance in found.instances
            ],
        )

    def _say(self, theirs: str) -> str:
        word = self._words.find(theirs)
        return word.name if word else theirs


def build_box(box: FoundBox) -> BoundingBox:
    """Cut a box off at the edges of the picture."""
    left, top = _clamp(box.left), _clamp(box.top)
    right, bottom = _clamp(box.left + box.width), _clamp(box.top + box.height)
    return BoundingBox(
        left=left,
        top=top,
        width=round(right - left, _BOX_DIGITS),
        height=round(bottom - top, _BOX_DIGITS),
    )


def _merge(first: Label, second: Label) -> Label:
    """One label of two that are the same in our words."""
    return Label(
        name=first.name,
        confidence=max(first.confidence, second.confidence),
        parents=_list_names(_get_names([*first.parents, *second.parents]), besides=first.name),
        aliases=_list_names(_get_names([*first.aliases, *second.aliases]), besides=first.name),
        instances=[*first.instances, *(i for i in second.instances if i not in first.instances)],
    )


def _get_names(names: Sequence[LabelName]) -> list[str]:
    return [name.name for name in names]


def _list_names(names: Iterable[str], *, besides: str) -> list[LabelName]:
    """Each name once, whatever its capitals, without `besides`."""
    unique: dict[str, str] = {besides.lower(): besides}
    for name in names:
        unique.setdefault(name.lower(), name)
    return [LabelName(name=name) for name in unique.values() if name != besides]


def _clamp(ratio: float) -> float:
    return round(min(1.0, max(0.0, ratio)), _BOX_DIGITS)


def _round(confidence: float) -> float:
    return min(100.0, round(confidence, _CONFIDENCE_DIGITS))
