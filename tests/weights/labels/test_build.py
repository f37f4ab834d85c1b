import json
from collections import Counter
from itertools import chain

import pytest

from pipeline.weights.labels.build import (
    TABLES,
    Overrides,
    Row,
    Synset,
    build_tables,
    encode_table,
    read_overrides,
    read_synsets,
)

CLASSIFIER = "imagenet.json"
DETECTOR = "coco.json"


def read(table: str) -> list[Row]:
    rows: list[Row] = json.loads((TABLES / table).read_text(encoding="utf-8"))
    return rows


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """The rows of both committed tables."""
    return read(CLASSIFIER) + read(DETECTOR)


@pytest.mark.parametrize(("table", "count"), [(CLASSIFIER, 1000), (DETECTOR, 80)])
def test_a_committed_table_is_what_wordnet_and_the_overrides_give(table: str, count: int) -> None:
    built = build_tables(read_synsets(), read_overrides())[table]

    assert len(built) == count
    assert (TABLES / table).read_text(encoding="utf-8") == encode_table(built)


@pytest.mark.parametrize("table", [CLASSIFIER, DETECTOR])
def test_only_merged_classes_share_a_name(table: str) -> None:
    names = Counter(row["name"] for row in read(table))

    merged = {name: len(synsets) for name, synsets in read_overrides().merged.items()}
    expected = merged if table == CLASSIFIER else {}
    assert {name: count for name, count in names.items() if count > 1} == expected
    assert len({name.lower() for name in names}) == len(names)


def test_a_merged_class_is_found_under_both_words(rows: list[Row]) -> None:
    words = {row["name"]: {row["name"], *row["aliases"]} for row in rows}

    assert {"cassette player", "tape player"} <= words["cassette player"]
    assert {"computer monitor", "desktop computer", "screen"} <= words[
        "desktop computer or monitor"
    ]
    assert {"maillot", "tank suit"} <= words["one-piece swimsuit"]


def test_a_name_that_both_networks_know_means_the_same(rows: list[Row]) -> None:
    meanings = {row["name"]: (row["aliases"], row["parents"]) for row in rows}

    shared = {row["name"] for row in read(CLASSIFIER)} & {row["name"] for row in read(DETECTOR)}

    assert {"banana", "cell phone", "computer mouse", "television", "zebra"} <= shared
    assert all(meanings[row["name"]] == (row["aliases"], row["parents"]) for row in rows)


def test_the_detector_has_the_ids_of_coco() -> None:
    unused = {12, 26, 29, 30, 45, 66, 68, 69, 71, 83}

    assert [row["id"] for row in read(DETECTOR)] == sorted(set(range(1, 91)) - unused)


def test_a_chain_of_parents_is_the_same_wherever_it_starts(rows: list[Row]) -> None:
    chains: dict[str, set[tuple[str, ...]]] = {}
    for row in rows:
        chain = (row["name"], *row["parents"])
        for start, name in enumerate(chain):
            chains.setdefault(name, set()).add(chain[start + 1 :])

    assert {name: above for name, above in chains.items() if len(above) > 1} == {}


def test_no_chain_has_a_cycle_or_more_than_four_parents(rows: list[Row]) -> None:
    chains = [[row["name"], *row["parents"]] for row in rows]

    assert all(len(chain) <= 5 for chain in chains)
    assert all(len(set(chain)) == len(chain) for chain in chains)


def test_an_alias_means_one_label_only(rows: list[Row]) -> None:
    names = {name.lower() for row in rows for name in (row["name"], *row["parents"])}
    owners: dict[str, set[str]] = {}
    for row in rows:
        for alias in row["aliases"]:
            owners.setdefault(alias.lower(), set()).add(row["name"])

    assert names & owners.keys() == set()
    assert {alias: owner for alias, owner in owners.items() if len(owner) > 1} == {}


def test_no_dropped_alias_and_no_scholarly_parent_is_shown(rows: list[Row]) -> None:
    aliases = {alias for row in rows for alias in row["aliases"]}
    parents = {parent for row in rows for parent in row["parents"]}

    assert aliases & set(read_overrides().dropped_aliases) == set()
    assert parents & {"entity", "whole", "artifact", "instrumentality", "placental"} == set()


@pytest.mark.parametrize(
    ("name", "parents"),
    [
        ("tabby", ["cat", "animal"]),
        ("golden retriever", ["dog", "animal"]),
        ("bald eagle", ["eagle", "bird", "animal"]),
        ("crane (bird)", ["bird", "animal"]),
        ("crane (machine)", ["machine"]),
        ("sports car", ["car", "vehicle"]),
        ("airliner", ["airplane", "aircraft", "vehicle"]),
        ("steam locomotive", ["locomotive", "train", "vehicle"]),
        ("laptop", ["computer", "electronics"]),
        ("desktop computer or monitor", ["electronics"]),
        ("one-piece swimsuit", ["swimsuit", "clothing"]),
        ("church", ["building", "structure"]),
        ("shoe store", ["store", "building", "structure"]),
        ("mountain tent", ["structure"]),
        ("studio couch", ["couch", "furniture"]),
        ("cell phone", ["phone", "electronics"]),
        ("Granny Smith apple", ["apple", "fruit", "food"]),
        ("baseball player", ["person"]),
        ("person", []),
        ("dog", ["animal"]),
    ],
)
def test_parents_are_what_people_would_say(rows: list[Row], name: str, parents: list[str]) -> None:
    assert [row["parents"] for row in rows if row["name"] == name][:1] == [parents]


@pytest.mark.parametrize(
    ("class_id", "name"),
    [(0, "tench"), (134, "crane (bird)"), (207, "golden retriever"), (264, "Cardigan Welsh corgi"),
     (281, "tabby"), (474, "cardigan"), (517, "crane (machine)"), (639, "one-piece swimsuit"),
     (817, "sports car"), (999, "toilet paper")],
)  # fmt: skip
def test_class_ids_are_those_of_the_network(class_id: int, name: str) -> None:
    assert read(CLASSIFIER)[class_id]["name"] == name


def test_the_classes_are_in_the_order_of_their_wordnet_ids() -> None:
    classes = [synset for synset in read_synsets().values() if synset.class_id is not None]

    assert [synset.class_id for synset in classes] == list(range(1000))


def test_every_override_is_used(rows: list[Row]) -> None:
    overrides = read_overrides()
    synsets = read_synsets()
    names = {name for row in rows for name in (row["name"], *row["parents"])}

    assert set(overrides.groups.values()) <= names
    assert overrides.parents.keys() | overrides.aliases.keys() <= names
    assert {parent for parent in overrides.parents.values() if parent} <= names
    named = [*overrides.names, *chain.from_iterable(overrides.merged.values())]
    assert all(synsets[synset].class_id is not None for synset in named)
    assert len(set(named)) == len(named)


SYNSETS = {
    synset.synset_id: synset
    for synset in (
        Synset("n1", None, ("entity",), ()),
        Synset("n2", None, ("animal", "beast"), ("n1",)),
        Synset("n3", None, ("dog", "hound"), ("n2",)),
        Synset("n4", 1, ("hound", "beagle"), ("n3",)),
        Synset("n5", 0, ("tusker", "beast"), ("n1",)),
    )
}
OVERRIDES = Overrides.model_validate(
    {
        "groups": {"n2": "animal", "n1": "animal"},  # Two meanings of one name, one in the other
        "parents": {"elephant": "animal"},
        "aliases": {"elephant": ["jumbo"]},
        "dropped_aliases": ["tusker"],
        "merged": {},
        "names": {"n4": "beagle", "n5": "elephant"},
        "coco": [{"id": 18, "synset": "n3", "name": "dog"}],
    }
)


def test_names_parents_and_aliases_follow_the_overrides() -> None:
    tables = build_tables(SYNSETS, OVERRIDES)

    assert tables[CLASSIFIER] == [
        # "beast" is also a word for an animal, "hound" also one for a dog
        {"name": "elephant", "aliases": ["jumbo"], "parents": ["animal"]},
        {"name": "beagle", "aliases": [], "parents": ["animal"]},
    ]
    assert tables[DETECTOR] == [{"id": 18, "name": "dog", "aliases": [], "parents": ["animal"]}]


def test_the_licence_of_wordnet_is_beside_the_tables() -> None:
    notice = (TABLES / "NOTICE").read_text(encoding="utf-8")

    assert "WordNet 3.0 Copyright 2006 by Princeton University" in notice
    assert 'THIS SOFTWARE AND DATABASE IS PROVIDED "AS IS"' in notice


def test_a_table_is_json_with_one_row_a_line() -> None:
    text = encode_table([{"name": "consommé"}, {"name": "cup"}])

    assert text == '[\n{"name": "consommé"},\n{"name": "cup"}\n]\n'
