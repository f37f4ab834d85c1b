"""Tells Django which admin site is ours."""

from django.contrib.admin.apps import AdminConfig


class PortalConfig(AdminConfig):
    default_site = "portal.site.PortalSite"
