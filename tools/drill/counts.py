"""Counts what became of the photos, in both regions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from infra.local import names
from infra.local.clients import Clients
from tools.chaos.ledger import Labels, Ledger, Record, read_records
from tools.chaos.load import Accepted
from tools.drill.scene import LOST, SURVIVOR, Scene

FINAL = ("succeeded", "failed", "expired")


def count_known_open(clients: Clients, accepted: Sequence[Accepted], home: str) -> int:
    """How many photos are open in a region that can finish them.

    It is their home, and they have a picture. Without one, the picture of a form lies in the bucket
    of the other region.
    """
    records = read_records(clients, accepted).values()
    return sum(
        it["status"] not in FINAL and it.get("home_region") == home and "image_key" in it
        for it in records
    )


def count_kinds(
    scene: Scene, references: Mapping[str, Sequence[Labels]], accepted: Sequence[Accepted]
) -> tuple[int, int, int]:
    """Photos that are lost, wrong and doubled.

    Returns:
        The three numbers. A photo counts once, whatever both regions say.
    """
    found = {region: read_records(scene.connect(region), accepted) for region in (LOST, SURVIVOR)}
    verdicts = [
        Ledger(references).judge(records, accepted, Counter()) for records in found.values()
    ]
    lost = max(verdict.lost for verdict in verdicts)
    wrong = max(verdict.wrong + verdict.failed for verdict in verdicts)
    differ = count_differences(*found.values())
    return lost, max(wrong, differ), count_doubled(scene.connect(SURVIVOR), accepted)


def count_differences(one: Mapping[str, Record], other: Mapping[str, Record]) -> int:
    """Tasks that are not the same in both regions."""
    return sum(one.get(task_id) != other.get(task_id) for task_id in one.keys() | other.keys())


def count_doubled(clients: Clients, accepted: Sequence[Accepted]) -> int:
    """Photos with more than one task. No two photos of a drill have the same bytes."""
    pages = clients.dynamodb.get_paginator("scan").paginate(
        TableName=names.TASKS_TABLE, ProjectionExpression="task_id, sha256"
    )
    tasks = Counter(
        item["sha256"]["S"] for page in pages for item in page["Items"] if "sha256" in item
    )
    return sum(tasks[it.picture.sha256] > 1 for it in accepted)


def have_same_records(scene: Scene, accepted: Sequence[Accepted]) -> bool:
    """Whether all accepted photos are final and the same in both regions."""
    one, other = (read_records(scene.connect(region), accepted) for region in (LOST, SURVIVOR))
    statuses = [one.get(it.task_id, {}).get("status") for it in accepted]
    return all(status in FINAL for status in statuses) and not count_differences(one, other)
