"""The style guide served by the real server, and Django as an installation has it."""

import os
from collections.abc import Iterator

import django
import pytest
from django.conf import settings

from web.browser import serving

if not settings.configured:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "habeas.web.settings")
    django.setup()


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address under which the style guide is served."""
    with serving("web.look.guide_settings", "web.look.guide_wsgi:application") as address:
        yield address
