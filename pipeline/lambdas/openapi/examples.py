"""Whole examples of requests and answers, put together from the examples of their fields."""

from typing import Any

_OPEN: dict[str, Any] = {
    "status": "processing",
    "updatedAt": "2026-11-22T12:00:00.540000Z",
    "finishedAt": None,
    "labels": [],
    "properties": None,
    "models": {},
    "timings": {"queuedMs": None, "decodeMs": None, "inferenceMs": None, "totalMs": None},
}
_AWAITED: dict[str, Any] = {"status": "awaiting_upload", "queuedAt": None}
_FAILED: dict[str, Any] = {
    **_OPEN,
    "status": "failed",
    "finishedAt": "2026-11-22T12:00:00.612000Z",
    "error": {
        "code": "unreadable_image",
        "message": "The picture is damaged or incomplete. Export or upload it again.",
    },
}
_SECOND_LABEL: dict[str, Any] = {
    "name": "studio couch",
    "confidence": 71.9,
    "parents": [{"name": "furniture"}],
    "aliases": [{"name": "day bed"}],
    "instances": [],
}
_NOT_RECOGNISED = {"previewUrl": None, "thumbnailUrl": None, "width": None, "height": None}


def add_examples(document: dict[str, Any]) -> None:
    """Give every body whose schema is ours an example, and a task one of each outcome."""
    for path in document["paths"].values():
        for operation in path.values():
            for body in (operation.get("requestBody", {}), *operation["responses"].values()):
                for content in body.get("content", {}).values():
                    if "$ref" in content["schema"] and "examples" not in content:
                        content["examples"] = _build_examples(document, content["schema"])


def _build_examples(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema["$ref"].rpartition("/")[2]
    example = compose(document, schema)
    if name not in ("Task", "UploadTicket"):
        return {name: {"value": example}}
    [label] = example["labels"]
    example = {**example, "labels": [label, {**label, **_SECOND_LABEL}]}
    image = {"image": {**example["image"], **_NOT_RECOGNISED}}
    if name == "UploadTicket":
        waiting = {**example, **_OPEN, **image, **_AWAITED}
        return {"form": {"value": waiting}, "picture": {"value": {**example, "upload": None}}}
    return {
        "succeeded": {"value": example},
        "open": {"value": {**example, **_OPEN, **image}},
        "failed": {"value": {**example, **_FAILED, **image}},
    }


def compose(document: dict[str, Any], schema: dict[str, Any]) -> Any:
    """Take a schema's own example, or compose one from its members."""
    if "examples" in schema:
        return schema["examples"][0]
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return compose(document, document["components"]["schemas"][name])
    if "items" in schema:
        return [compose(document, schema["items"])]
    if "properties" not in schema:
        raise ValueError(f"Give this field an example: {schema}")
    return {name: compose(document, each) for name, each in schema["properties"].items()}
