"""Static files on S3, their manifest in the package: no read of S3 when a function starts."""

from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from storages.backends.s3 import S3ManifestStaticStorage


class StaticStorage(S3ManifestStaticStorage):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        manifest = FileSystemStorage(settings.BASE_DIR / "manifest")
        super().__init__(*args, manifest_storage=manifest, **kwargs)
