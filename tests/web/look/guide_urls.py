"""The style guide, and names that the frame of each page links where they exist."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import path

from habeas.web.guide import guide

urlpatterns = i18n_patterns(
    path("guide/", guide, name="guide"),
    *(
        path(f"{name}/", guide, name=name)
        for name in ("search", "accessibility", "privacy", "licences", "account_logout")
    ),
)
