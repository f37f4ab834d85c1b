"""What the owner of a result says about it: labels that are wrong, missing or named otherwise.

Corrections are stored beside the result, which stays final. They always refer to the labels that
were found, so a later correction replaces the earlier one as a whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from pydantic import Field

from pipeline.core.errors import LabelNotFoundError
from pipeline.core.labels import ApiModel, Instance, Label, LabelName
from pipeline.core.vocabulary import WordFinder

CERTAIN = 100.0
"""The confidence of a label that a person named."""


class NamedLabel(ApiModel):
    """A label that a person named, with what our vocabulary knows about the name."""

    name: str
    parents: list[LabelName] = Field(default_factory=list)
    aliases: list[LabelName] = Field(default_factory=list)


class Renaming(ApiModel):
    """A label that is in the picture, and that the models called something else."""

    found: str
    """What the models called it."""
    named: NamedLabel


class Corrections(ApiModel):
    """All corrections of one result. Without any, the result stands as it was found."""

    removed: list[str] = Field(default_factory=list)
    """Names of found labels that are not in the picture."""
    renamed: list[Renaming] = Field(default_factory=list)
    added: list[NamedLabel] = Field(default_factory=list)
    """What is in the picture. A label that was found too is confirmed."""

    @property
    def is_empty(self) -> bool:
        return not (self.removed or self.renamed or self.added)

    @property
    def wrong(self) -> frozenset[str]:
        """Names of found labels that are wrong."""
        return frozenset([*self.removed, *(each.found for each in self.renamed)])


def build_corrections(
    found: Sequence[Label],
    words: WordFinder,
    *,
    removed: Iterable[str],
    renamed: Iterable[tuple[str, str]],
    added: Iterable[str],
    known_wrong: Collection[str] = (),
) -> Corrections:
    """Check corrections of these labels, and find what the new names mean.

    Args:
        renamed: Pairs of the found name and the right one.
        known_wrong: Names of labels that an earlier version of the result had. They may be removed
            or renamed too.

    Raises:
        LabelNotFoundError: A label that is removed or renamed was not found.
    """
    known = {label.name: label for label in found}

    def name(wanted: str) -> NamedLabel:
        word = words.find(wanted)
        label = known.get(word.name if word else wanted)
        if label:
            return NamedLabel(name=label.name, parents=label.parents, aliases=label.aliases)
        if word is None:
            return NamedLabel(name=wanted)
        return NamedLabel(
            name=word.name, parents=_refer_to(word.parents), aliases=_refer_to(word.aliases)
        )

    corrections = Corrections(
        removed=list(removed),
        renamed=[Renaming(found=old, named=name(new)) for old, new in renamed],
        added=list({each.name: each for each in map(name, added)}.values()),
    )
    if not corrections.wrong <= known.keys() | set(known_wrong):
        raise LabelNotFoundError
    return corrections


def correct_labels(found: Sequence[Label], corrections: Corrections) -> list[Label]:
    """The labels as their owner corrected them, most confident first.

    A renamed label keeps its boxes. A wider name that only wrong labels led to goes with them.
    """
    by_name = {label.name: label for label in found}
    kept = {name: label for name, label in by_name.items() if name not in corrections.wrong}
    for each in corrections.renamed:
        # A newer version of the result may not have the label any more.
        label = by_name.get(each.found)
        _confirm(kept, each.named, label.instances if label else ())
    for named in corrections.added:
        _confirm(kept, named)
    wrong = [by_name[name] for name in corrections.wrong if name in by_name]
    led_to = {parent.name for label in wrong for parent in label.parents}
    stays = [
        label
        for label in kept.values()
        if label.name not in led_to or label.instances or label.confidence == CERTAIN
    ]
    needed = {label.name for label in stays} | {
        parent.name for label in stays for parent in label.parents
    }
    return sorted(
        (label for label in kept.values() if label.name in needed),
        key=lambda label: (-label.confidence, -len(label.parents), label.name),
    )


def _confirm(labels: dict[str, Label], named: NamedLabel, boxes: Sequence[Instance] = ()) -> None:
    """Put a label that is certain among others. Its wider names are certain too."""
    chain = [
        named,
        *(
            NamedLabel(name=parent.name, parents=named.parents[position + 1 :])
            for position, parent in enumerate(named.parents)
        ),
    ]
    for each in chain:
        before = labels.get(each.name)
        labels[each.name] = Label(
            name=each.name,
            confidence=CERTAIN,
            parents=each.parents,
            aliases=before.aliases if before else each.aliases,
            instances=[
                *(before.instances if before else ()),
                *(boxes if each is named else ()),
            ],
        )


def _refer_to(names: Iterable[str]) -> list[LabelName]:
    return [LabelName(name=name) for name in names]
