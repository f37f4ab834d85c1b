"""unfold has no types. Its classes keep the signatures of Django's."""

from django.contrib.admin import ModelAdmin as ModelAdmin
