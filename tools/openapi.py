"""Write docs/openapi.json anew, or say with `--check` whether it is what the code has."""

import os
import sys
from pathlib import Path

import django

COMMITTED = Path(__file__).parents[1] / "docs" / "openapi.json"


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "habeas.web.settings")
    django.setup()
    from habeas.web.api import document  # noqa: PLC0415 - after the settings

    if "--check" in sys.argv:
        return int(COMMITTED.read_text(encoding="utf-8") != document.text())
    COMMITTED.write_text(document.text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
