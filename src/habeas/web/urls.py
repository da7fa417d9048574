"""All addresses."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    *i18n_patterns(
        path("accounts/", include("allauth.urls")),
        path("", include("habeas.web.desk.urls")),
    ),
]
