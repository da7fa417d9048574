"""The server's door."""

import os

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

from habeas.adapters import memory, turns
from habeas.web import starting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "habeas.web.settings")


def _application() -> WSGIHandler:
    from habeas.web import wiring  # noqa: PLC0415 - after the settings

    found = get_wsgi_application()
    wiring.duties()  # and the law that it rests on: no request waits for it
    memory.settled()
    turns.short()
    return found


application = starting.answering(_application)
