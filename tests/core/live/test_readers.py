"""Each shard has one living reader, shares are even, and streams are admitted by measured room."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.dynamo import bind
from pipeline.core.live import readers
from pipeline.core.live.readers import LEASE_SECONDS, Reader, Readers, ReadersItem

SHARDS = ["shard-0", "shard-1", "shard-2", "shard-3"]


def take_turn(known: Readers, name: str, now: float, shards: list[str] = SHARDS) -> Readers:
    return known.renew(name, Reader(now + LEASE_SECONDS), shards, now)


def take_turns(known: Readers, names: list[str], now: float, rounds: int = 2) -> Readers:
    for _ in range(rounds):
        for name in names:
            known = take_turn(known, name, now)
    return known


def test_one_worker_reads_all() -> None:
    known = take_turn(Readers(), "a", 100)

    assert known.find_shards("a") == set(SHARDS)


def test_a_worker_that_comes_gets_its_share_after_the_others_gave_it_back() -> None:
    alone = take_turn(Readers(), "a", 100)

    joined = take_turn(alone, "b", 101)
    shared = take_turns(joined, ["a", "b"], 101)

    assert joined.find_shards("b") == set()  # Nothing was free
    assert (len(shared.find_shards("a")), len(shared.find_shards("b"))) == (2, 2)


@given(st.lists(st.sampled_from("abcdef"), min_size=1, unique=True), st.integers(1, 9))
def test_shares_differ_by_one_shard_at_most_and_no_shard_is_left(
    names: list[str], count: int
) -> None:
    shards = [f"shard-{number}" for number in range(count)]
    known = Readers()

    for _ in range(2):
        for name in names:
            known = take_turn(known, name, 100, shards)

    shares = [len(known.find_shards(name)) for name in names]
    assert max(shares) - min(shares) <= 1
    assert set(known.shards) == set(shards)


def test_the_shards_of_a_dead_worker_go_to_the_living() -> None:
    known = take_turns(Readers(), ["a", "b"], 100)

    before = take_turn(known, "a", 100 + LEASE_SECONDS - 0.1)
    after = take_turn(before, "a", 100 + LEASE_SECONDS + 0.1)

    assert len(before.find_shards("a")) == 2
    assert after.find_shards("a") == set(SHARDS)
    assert set(after.workers) == {"a"}


def test_the_shards_of_a_worker_that_left_are_free_at_once() -> None:
    known = take_turns(Readers(), ["a", "b"], 100).leave("b")

    assert take_turn(known, "a", 100).find_shards("a") == set(SHARDS)


def test_a_split_shard_goes_and_its_children_come() -> None:
    known = take_turn(Readers(), "a", 100, ["parent", "other"])

    split = take_turn(known, "a", 101, ["child-1", "child-2", "other"])

    assert split.find_shards("a") == {"child-1", "child-2", "other"}


@pytest.mark.parametrize(
    ("frames_per_second", "streams", "has_room"),
    [(20, 0, True), (20, 9, True), (20, 10, False), (1.9, 0, False), (2, 0, True)],
)
def test_a_stream_is_admitted_where_each_gets_two_frames_a_second(
    frames_per_second: float, streams: int, has_room: bool
) -> None:
    known = Readers({"a": Reader(105, frames_per_second, streams)})

    assert known.has_room(100) == has_room


def test_the_room_of_dead_workers_counts_for_nothing() -> None:
    known = Readers({"dead": Reader(99, 100, 0), "living": Reader(105, 3, 1)})

    assert not known.has_room(100)
    assert not Readers().has_room(100)


@pytest.fixture
def _table(aws: None) -> None:
    bind("us-east-1", {ReadersItem: "streams"})
    ReadersItem.create_table()


@pytest.mark.usefixtures("_table")
def test_of_two_who_write_at_once_the_second_one_has_to_look_again() -> None:
    mine, theirs = readers.find_item(), readers.find_item()

    assert readers.replace(theirs, take_turn(theirs.readers, "they", 100))
    assert not readers.replace(mine, take_turn(mine.readers, "me", 100))

    again = readers.find_item()
    assert readers.replace(again, take_turn(again.readers, "me", 100))
    assert set(readers.find_item().readers.workers) == {"me", "they"}


@pytest.mark.usefixtures("_table")
def test_room_is_what_living_workers_report() -> None:
    assert not readers.has_room()

    item = readers.find_item()
    readers.replace(item, item.readers.renew("a", Reader(time.time() + 60, 10, 1), [], 0))

    assert readers.has_room()
