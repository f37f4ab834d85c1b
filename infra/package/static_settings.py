"""Django's settings for collecting the portal's static files under names with their hashes."""

import os

from portal.settings import *  # noqa: F403

STATIC_ROOT = os.environ["STATIC_ROOT"]
STORAGES = {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
}
