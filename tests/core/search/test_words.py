"""What finds a task."""

import re
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.labels import Label, LabelName
from pipeline.core.search.terms import build_phrase
from pipeline.core.search.words import (
    MOST_LABEL_TERMS,
    MOST_NAMES,
    MOST_TEXT_TERMS,
    SHOWN_CONFIDENCE,
    list_words,
)
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.core.text import FoundText, encode_text
from tests.examples import TEXT, build_task

RETRIEVER = Label(
    name="golden retriever",
    confidence=80,
    parents=[LabelName(name="dog"), LabelName(name="animal")],
    aliases=[LabelName(name="goldie")],
)


def build(*labels: Label, **values: Any) -> Task:
    stored = [label.model_dump(by_alias=True) for label in labels]
    return build_task(status=TaskStatus.SUCCEEDED.value, labels=stored, **values)


def test_a_task_is_found_by_its_labels_their_parents_and_aliases_in_all_languages() -> None:
    words = list_words(build(RETRIEVER))

    english, others = ("golden retriever", "dog", "animal", "goldie"), ("Hund", "Tier", "perro")
    assert {build_phrase(name) for name in (*english, *others)} <= words.labels
    assert "retriever" in words.label_words
    assert "retriever" not in words.labels


def test_names_and_parents_are_counted_in_english() -> None:
    assert list_words(build(RETRIEVER)).names == ("golden retriever", "dog", "animal")


def test_a_label_that_the_page_does_not_show_finds_nothing() -> None:
    doubtful = RETRIEVER.model_copy(update={"confidence": SHOWN_CONFIDENCE - 0.1})

    assert list_words(build(doubtful)).all == frozenset()


def test_the_page_shows_the_labels_that_are_searched() -> None:
    source = (Path(__file__).parents[3] / "spa/src/lib/labels.ts").read_text()

    assert re.findall(r"LIKELY = (\d+);", source) == [str(SHOWN_CONFIDENCE)]


def test_words_in_the_picture_and_of_the_file_name_find_a_task() -> None:
    words = list_words(build(text=encode_text(TEXT), file_name="Beach_2024 (3).JPEG"))

    assert words.text == {build_phrase("way"), "out"}
    assert words.file_name == {"beach", "2024", "3"}
    assert words.words == words.all == words.text | words.file_name


def test_a_long_text_adds_a_bounded_number_of_words() -> None:
    [line] = TEXT.lines
    [word, *_] = line.words
    many = tuple(word._replace(text=f"w{number}") for number in range(300))
    text = FoundText(lines=(line._replace(words=many),), truncated=False)

    words = list_words(build(text=encode_text(text)))

    assert len(words.text) == MOST_TEXT_TERMS
    assert "w0" in words.text


@pytest.mark.parametrize("status", set(TaskStatus) - {TaskStatus.SUCCEEDED})
def test_a_task_without_a_result_is_not_found(status: TaskStatus) -> None:
    task = build(RETRIEVER)
    task.status = status.value

    assert list_words(task).all == frozenset()


def test_many_labels_add_a_bounded_number_of_words_the_surest_first() -> None:
    labels = [Label(name=f"thing{number} of{number}", confidence=90) for number in range(99)]

    words = list_words(build(*labels))

    assert len(words.labels | words.label_words) == MOST_LABEL_TERMS
    assert len(words.names) == MOST_NAMES
    assert words.names[0] == "thing0 of0"
    assert "thing0 of0" in words.labels
