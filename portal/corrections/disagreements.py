"""Where users disagree with the models, by label and models: a bounded look at the newest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from itertools import islice

from pipeline.core.tasks.record import CORRECTED, Task

READ_LIMIT = 2000
"""Corrected results that are read, the newest first."""

FIND_NO_LABELS = {"textDetector", "textReader", "rekognitionText", "rekognitionModeration"}
"""Models that say nothing about labels, by their keys in `Task.models`."""


class Kind(StrEnum):
    """How a user disagrees."""

    WRONG = "not in the photo"
    RENAMED = "called something else"
    MISSED = "not found"
    CONFIRMED = "found, and confirmed"


@dataclass(frozen=True)
class Claim:
    """One correction of one result."""

    kind: Kind
    found: str
    """What the models said; empty if they missed it."""
    right: str
    """What the user says; empty if it is not in the photo."""
    confidence: float | None


@dataclass(frozen=True)
class Disagreement:
    """The same correction of results of the same models."""

    kind: Kind
    found: str
    right: str
    models: str
    tasks: Sequence[Task]
    """As the index has them, the newest first."""
    confidences: Sequence[float]

    @property
    def key(self) -> str:
        text = "\n".join([self.kind.name, self.found, self.right, self.models])
        return sha256(text.encode()).hexdigest()[:24]

    @property
    def owner_count(self) -> int:
        return len({task.owner_id for task in self.tasks})

    @property
    def confidence(self) -> float | None:
        """How sure the models were on average."""
        return sum(self.confidences) / len(self.confidences) if self.confidences else None


def read_corrected() -> list[Task]:
    """The results that were corrected last, with what their index has."""
    query = Task.by_correction.query(CORRECTED, scan_index_forward=False, page_size=READ_LIMIT)
    return list(islice(query, READ_LIMIT))


def list_disagreements() -> list[Disagreement]:
    """Those that happened most often first."""
    groups: dict[tuple[Kind, str, str, str], list[tuple[Task, Claim]]] = {}
    for task in read_corrected():
        models = describe_models(task.models or {})
        for claim in list_claims(task):
            key = (claim.kind, claim.found, claim.right, models)
            groups.setdefault(key, []).append((task, claim))
    found = [
        Disagreement(
            *key,
            tasks=[task for task, _ in claims],
            confidences=[one.confidence for _, one in claims if one.confidence is not None],
        )
        for key, claims in groups.items()
    ]
    return sorted(found, key=lambda one: (-len(one.tasks), one.found, one.right, one.models))


def list_claims(task: Task) -> Iterator[Claim]:
    """What the owner of a result says, one by one."""
    made = task.get_corrections()
    sure = {label.name: label.confidence for label in task.get_found_labels()}
    for name in made.removed:
        yield Claim(Kind.WRONG, name, "", sure.get(name))
    for each in made.renamed:
        yield Claim(Kind.RENAMED, each.found, each.named.name, sure.get(each.found))
    for named in made.added:
        if named.name in sure:
            yield Claim(Kind.CONFIRMED, named.name, named.name, sure[named.name])
        else:
            yield Claim(Kind.MISSED, "", named.name, None)


def describe_models(models: Mapping[str, str]) -> str:
    """Name and version of each model that finds labels, in one line."""
    roles = sorted(models.keys() - FIND_NO_LABELS)
    return ", ".join(dict.fromkeys(models[role] for role in roles))
