"""Labels also say what they are called in the language of the caller."""

import pytest

from pipeline.core.labels import Label, LabelName
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import TaskStatus
from pipeline.lambdas.get_result import handler
from pipeline.lambdas.languages import choose_language, name_labels
from pipeline.lambdas.list_results import handler as list_handler
from tests.examples import build_task, succeed
from tests.lambdas.events import Answer, request

GERMAN = {"Accept-Language": "de-CH, de;q=0.9, en;q=0.8"}


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", None),
        ("de", "de"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("en-GB,en;q=0.9,de;q=0.8", None),
        ("en;q=0.2, de;q=0.8", "de"),
        ("fr, it;q=0.9, es;q=0.1", "es"),
        ("fr", None),
        ("de;q=0", None),
        ("*", None),
        ("de;q=much, es;q=0.5", "es"),
        ("de;q=0.9.9", None),
        (",;,", None),
    ],
)
def test_the_language_that_is_wanted_most_is_chosen(header: str, language: str | None) -> None:
    assert choose_language(header) == language


def test_a_name_that_only_its_owner_knows_has_no_other_one() -> None:
    labels = [Label(name="Uncle Bob", confidence=100, parents=[LabelName(name="person")])]

    assert name_labels(labels, "es") == {"person": "persona"}


def save() -> str:
    task = build_task(status=TaskStatus.AWAITING_UPLOAD.value)
    transitions.insert(task)
    transitions.mark_queued(task)
    succeed(task.task_id)
    return str(task.task_id)


def test_a_result_and_a_list_say_what_their_labels_are_called() -> None:
    path = f"/results/{save()}"

    german = request(handler, "GET", path, headers=GERMAN)
    listed = request(list_handler, "GET", "/results", headers=GERMAN)
    english = request(handler, "GET", path)

    assert german.body["localNames"]["cat"] == "Katze"
    assert german.body["labels"] == english.body["labels"]
    assert listed.body["results"][0]["localNames"] == german.body["localNames"]
    assert english.body["localNames"] is None


def test_an_answer_in_another_language_has_another_etag() -> None:
    path = f"/results/{save()}"
    known = request(handler, "GET", path).headers["ETag"]

    def ask(**headers: str) -> Answer:
        return request(handler, "GET", path, headers={"If-None-Match": known, **headers})

    assert ask().status == 304
    assert ask(**GERMAN).status == 200
