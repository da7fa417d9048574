"""The style guide's door: an installation's refuses to open without tables, and here are none."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
