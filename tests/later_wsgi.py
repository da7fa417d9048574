"""The web's door with its clock set forward."""

import later

later.web()

from habeas.web.wsgi import application  # noqa: E402

__all__ = ["application"]
