"""Plays the scenarios: load, loss, take-over, return, counts."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event

from infra.local.demo.client import sign_in
from infra.local.regions.link import LAG_SECONDS
from tools.chaos.ledger import Labels, read_records
from tools.chaos.load import Accepted, Load, Picture
from tools.drill.counts import (
    FINAL,
    count_kinds,
    count_known_open,
    have_same_records,
)
from tools.drill.plan import CALM_SECONDS, LOAD_SECONDS, Row, Scenario
from tools.drill.prober import Prober, probing
from tools.drill.scene import LOST, SURVIVOR, WORKERS, Scene, wait_until

FAILED_WHILE_CUT = 3
"""Tasks that succeed in one region and then fail in the other, while both are cut off."""


@dataclass
class Play:
    """One scenario while it is played."""

    scene: Scene
    references: Mapping[str, Sequence[Labels]]
    load: Load
    pictures: Sequence[Picture]
    sending: Future[None]
    prober: Prober
    takeover_seconds: float | None = None
    adopted: int = 0
    after_return: int = 0
    restored: int = 0

    def take_over(self) -> None:
        """What the runbook says: evacuate and adopt."""
        begun = time.monotonic()
        self.scene.command("evacuate")
        self.adopt()
        self.takeover_seconds = time.monotonic() - begun

    def adopt(self) -> None:
        """Take the open tasks over. The command tells their number first."""
        begun = time.monotonic()
        told = self.scene.command("adopt")
        self.takeover_seconds = time.monotonic() - begun
        self.adopted = int(told.partition(" ")[0])

    def come_back(self) -> float:
        """What the runbook says when the region is back. Waits until both say the same.

        Returns:
            When they did, by time.monotonic.
        """
        scene, accepted = self.scene, self.load.accepted
        self.after_return = count_unfinished(scene, accepted)
        scene.turn("up", LOST)
        scene.turn("join")
        scene.set_workers(LOST, WORKERS)
        scene.command("give-back")
        scene.command("readmit")
        same_at = wait_until(
            lambda: have_same_records(scene, accepted), "Both regions say the same"
        )
        wait_until(lambda: LOST in scene.turn().usable, "Callers come back")
        return same_at

    def count(
        self, scenario: Scenario, lost_at: float, turned_at: float | None, final_at: float
    ) -> Row:
        accepted = self.load.accepted
        lost, wrong, doubled = count_kinds(self.scene, self.references, accepted)
        sent_at = max((it.at for it in accepted), default=lost_at)
        return Row(
            scenario=scenario.name,
            accepted=len(accepted),
            lost=lost,
            wrong=wrong,
            doubled=doubled,
            refused=len(self.pictures) - len(accepted),
            turned_seconds=_round(None if turned_at is None else turned_at - lost_at),
            takeover_seconds=_round(self.takeover_seconds),
            adopted=self.adopted,
            final_seconds=round(final_at - lost_at, 1),
            after_return=self.after_return,
            restored=self.restored,
            answered=round(self.prober.compute_share(lost_at, sent_at), 3),
        )


def _round(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)


def count_unfinished(scene: Scene, accepted: Sequence[Accepted]) -> int:
    """How many accepted photos are not final in the survivor."""
    records = read_records(scene.connect(SURVIVOR), accepted)
    return sum(records.get(it.task_id, {}).get("status") not in FINAL for it in accepted)


def play(
    scene: Scene,
    load: Load,
    references: Mapping[str, Sequence[Labels]],
    scenario: Scenario,
    photos: int,
) -> Row:
    """Play one scenario. All is whole again after it."""
    for region in (LOST, SURVIVOR):
        scene.set_workers(region, WORKERS)
    wait_until(
        lambda: all(len(scene.find_workers(it)) == WORKERS for it in (LOST, SURVIVOR)),
        "All workers run",
    )
    with _loaded(scene, load, references, photos) as played:
        time.sleep(CALM_SECONDS)
        return _cut(played, scenario) if scenario.is_cut else _lose(played, scenario)


@contextmanager
def _loaded(
    scene: Scene, load: Load, references: Mapping[str, Sequence[Labels]], photos: int
) -> Iterator[Play]:
    pictures = load.build_pictures(photos)
    token = sign_in(scene.state, scene.state.people[0])
    prober = Prober(f"{scene.state.api_url}/results?limit=1", token)
    with ThreadPoolExecutor(1) as pool, probing(prober):
        sending = pool.submit(load.run, pictures, LOAD_SECONDS, Event())
        yield Play(scene, references, load, pictures, sending, prober)


def _lose(played: Play, scenario: Scenario) -> Row:
    scene, prober = played.scene, played.prober
    if scenario.has_waiting:
        scene.stop_workers(LOST)
        time.sleep(CALM_SECONDS)  # Photos gather in its queue
    if scenario.is_cold:
        scene.stop_workers(SURVIVOR)
        scene.cool_down(SURVIVOR)
    lost_at = time.monotonic()
    scene.turn("down", LOST)
    scene.kill_workers(LOST)
    wait_until(lambda: prober.find_turn(SURVIVOR, lost_at), "The front turned")
    turned_at = prober.find_turn(SURVIVOR, lost_at)
    if scenario.is_cold:
        scene.set_workers(SURVIVOR, WORKERS)
    played.take_over()
    played.sending.result()
    final_at = _wait_for_home(played, SURVIVOR)
    played.come_back()
    return played.count(scenario, lost_at, turned_at, final_at)


def _cut(played: Play, scenario: Scenario) -> Row:
    """Both regions work on the same tasks, and some of them fail later in one region."""
    scene = played.scene
    scene.stop_workers(LOST)
    scene.stop_workers(SURVIVOR)
    time.sleep(CALM_SECONDS)
    time.sleep(2 * LAG_SECONDS)  # The other region knows what waits
    cut_at = time.monotonic()
    scene.turn("cut")
    before = [it for it in played.load.accepted if it.at < cut_at]
    played.adopt()
    scene.set_workers(LOST, WORKERS)
    wait_until(lambda: _have_succeeded(scene, LOST, before), "They succeed where they came from")
    failed = [it for it in before if _is_open(scene, it)][:FAILED_WHILE_CUT]
    scene.run("-m", "tools.drill.fail", *(it.task_id for it in failed))
    scene.set_workers(SURVIVOR, WORKERS)
    played.sending.result()
    for region in (LOST, SURVIVOR):
        _wait_for_home(played, region)
    joined_at = time.monotonic()
    same_at = played.come_back()
    records = read_records(scene.connect(SURVIVOR), failed)
    played.restored = sum(it["status"] == "succeeded" for it in records.values())
    return played.count(scenario, cut_at, None, cut_at + same_at - joined_at)


def _wait_for_home(played: Play, region: str) -> float:
    """Wait until all photos that a region knows and is the home of are final there."""
    clients, accepted = played.scene.connect(region), played.load.accepted
    return wait_until(
        lambda: not count_known_open(clients, accepted, region),
        f"All photos of {region} are final",
    )


def _have_succeeded(scene: Scene, region: str, accepted: Sequence[Accepted]) -> bool:
    records = read_records(scene.connect(region), accepted)
    return all(records.get(it.task_id, {}).get("status") == "succeeded" for it in accepted)


def _is_open(scene: Scene, accepted: Accepted) -> bool:
    records = read_records(scene.connect(SURVIVOR), [accepted])
    return records.get(accepted.task_id, {}).get("status") == "queued"
