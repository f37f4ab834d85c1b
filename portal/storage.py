"""Static files by their hashed names: the manifest lies in the package, the files behind a CDN."""

from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.storage import FileSystemStorage


class PackagedStaticStorage(ManifestStaticFilesStorage):
    """Reads the manifest that `infra.package.portal` put beside the code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        manifest = FileSystemStorage(settings.BASE_DIR / "manifest")
        super().__init__(*args, manifest_storage=manifest, **kwargs)
