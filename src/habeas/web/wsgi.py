"""The server's door."""

import os

from django.core.wsgi import get_wsgi_application

from habeas.web import starting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "habeas.web.settings")
application = starting.answering(get_wsgi_application)
