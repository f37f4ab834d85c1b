"""What can be wrong with an added model."""

from enum import StrEnum


class Fault(StrEnum):
    """Stable codes. docs/added-models.md lists them."""

    MANIFEST_MISSING = "model_manifest_missing"
    MANIFEST_INVALID = "model_manifest_invalid"
    NAME_TAKEN = "model_name_taken"
    FILE_MISSING = "model_file_missing"
    WRONG_SHA256 = "model_wrong_sha256"
    NOT_ONNX = "model_not_onnx"
    WRONG_INPUT = "model_wrong_input"
    WRONG_OUTPUT = "model_wrong_output"
    WRONG_CLASSES = "model_wrong_classes"
    SAMPLE_UNREADABLE = "model_sample_unreadable"
    SAMPLE_NOT_RECOGNISED = "model_sample_not_recognised"
    NOT_THERE = "model_not_there"


class AddedModelError(Exception):
    """An added model cannot be used. Its text says what to do."""

    def __init__(self, code: Fault, text: str) -> None:
        super().__init__(f"{text} ({code})")
        self.code = code
