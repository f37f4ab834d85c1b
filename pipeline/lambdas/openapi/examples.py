"""Requests and answers as they really look; a test holds them against the schemas."""

from typing import Any

TASK_ID = "0f4c1f2e-6a0f-4c11-9d0a-5b7f3f0f8f55"

FORM_REQUEST = {
    "contentType": "image/jpeg",
    "sizeBytes": 2_481_152,
    "fileName": "cat on a sofa.jpg",
    "minConfidence": 60,
    "maxLabels": 10,
}

UPLOAD_TICKET = {
    "taskId": TASK_ID,
    "upload": {
        "url": "https://images.example.com/",
        "fields": {
            "Content-Type": "image/jpeg",
            "x-amz-server-side-encryption": "AES256",
            "key": f"images/8f14e45f-ceea-467f-a9d4-1f2d3c4b5a69/{TASK_ID}",
            "x-amz-algorithm": "AWS4-HMAC-SHA256",
            "x-amz-credential": "<credential>",
            "x-amz-date": "20261122T120000Z",
            "policy": "<policy>",
            "x-amz-signature": "<signature>",
        },
        "expiresAt": "2026-11-22T12:15:00Z",
    },
}

TASK_REFERENCE = {"taskId": TASK_ID}
TASK_STATE = {"taskId": TASK_ID, "status": "queued"}

_OPEN: dict[str, Any] = {
    "taskId": TASK_ID,
    "status": "processing",
    "createdAt": "2026-11-22T12:00:00.104000Z",
    "updatedAt": "2026-11-22T12:00:00.540000Z",
    "queuedAt": "2026-11-22T12:00:00.312000Z",
    "finishedAt": None,
    "expiresAt": "2026-12-22T12:00:00Z",
    "fileName": "cat on a sofa.jpg",
    "contentType": "image/jpeg",
    "sizeBytes": 2_481_152,
    "minConfidence": 60.0,
    "maxLabels": 10,
    "image": {
        "url": "https://images.example.com/images/...?X-Amz-Signature=...",
        "urlExpiresAt": "2026-11-22T12:15:01.020000Z",
        "width": None,
        "height": None,
    },
    "labels": [],
    "models": {},
    "timings": {"queuedMs": None, "decodeMs": None, "inferenceMs": None, "totalMs": None},
    "error": None,
}

SUCCEEDED: dict[str, Any] = {
    **_OPEN,
    "status": "succeeded",
    "updatedAt": "2026-11-22T12:00:00.822000Z",
    "finishedAt": "2026-11-22T12:00:00.822000Z",
    "image": {**_OPEN["image"], "width": 4032, "height": 3024},
    "labels": [
        {
            "name": "cat",
            "confidence": 97.4,
            "parents": [{"name": "animal"}],
            "aliases": [{"name": "house cat"}],
            "instances": [
                {
                    "boundingBox": {"left": 0.21, "top": 0.34, "width": 0.48, "height": 0.52},
                    "confidence": 97.4,
                }
            ],
        },
        {
            "name": "studio couch",
            "confidence": 71.9,
            "parents": [{"name": "furniture"}],
            "aliases": [{"name": "day bed"}],
            "instances": [],
        },
    ],
    "models": {"classifier": "efficientnet_lite3", "detector": "ssd_mobilenet_v2"},
    "timings": {"queuedMs": 228, "decodeMs": 31.2, "inferenceMs": 141.6, "totalMs": 510},
}

FAILED: dict[str, Any] = {
    **_OPEN,
    "status": "failed",
    "finishedAt": "2026-11-22T12:00:00.612000Z",
    "error": {
        "code": "unreadable_image",
        "message": "The picture is damaged or incomplete. Export or upload it again.",
    },
}

TASKS = {"succeeded": SUCCEEDED, "open": _OPEN, "failed": FAILED}

TASK_PAGE = {
    "results": [SUCCEEDED],
    "nextCursor": "WyIyMDI2LTExLTIyVDEyOjAwOjAwLjEwNDAwMCswMDAwIiwgIjBmNGMxZjJlLTZhMGYtNGMxMS05"
    "ZDBhLTViN2YzZjBmOGY1NSJd",
}
