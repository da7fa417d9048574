"""All addresses."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from habeas.web import ask
from habeas.web.accounts.urls import managing_urlpatterns, provider_urlpatterns
from habeas.web.desk.standing_pages import well_known
from habeas.web.public import files, pages

urlpatterns: list[URLPattern | URLResolver] = [
    *well_known,
    *files.urlpatterns,
    path("", include("habeas.web.api.app")),
    path("", include("habeas.web.operation")),
    path("", include("habeas.web.peer")),
    *ask.plain_urlpatterns,
    path("accounts/providers/", include(provider_urlpatterns)),
    *i18n_patterns(
        path("accounts/", include("habeas.web.accounts.urls")),
        path("users/", include(managing_urlpatterns)),
        *pages.urlpatterns,
        path("", include("habeas.web.hooks.views")),
        *ask.urlpatterns,
        path("", include("habeas.web.desk.urls")),
    ),
]
