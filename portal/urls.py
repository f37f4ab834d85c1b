"""Every address of the portal."""

from django.contrib import admin
from django.urls import include, path

from portal.access.second_factor_page import PAGE, second_factor

urlpatterns = [
    path("second-factor/", second_factor, name=PAGE),
    path("oidc/", include("mozilla_django_oidc.urls")),
    path("", admin.site.urls),
]
