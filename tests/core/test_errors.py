"""Every error that leaves the process has its own code and a message for people."""

from pipeline.core import errors


def find_all(base: type[errors.PipelineError]) -> list[type[errors.PipelineError]]:
    return [base, *(error for child in base.__subclasses__() for error in find_all(child))]


def test_codes_are_unique_and_messages_are_sentences() -> None:
    public = [error for error in find_all(errors.PipelineError) if "code" in vars(error)]

    assert len({error.code for error in public}) == len(public)
    assert all(len(str(error())) > 20 for error in public)


def test_a_detail_replaces_the_message() -> None:
    assert str(errors.UnreadableImageError("Row 7 is cut off.")) == "Row 7 is cut off."
