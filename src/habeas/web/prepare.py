"""Make the tables of an installation's web and fill them out of the register and the dockets."""

import sys

import django


def main() -> int:
    """Migrate, gather the static files, follow the register, screen the dockets."""
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - after the settings

    from habeas.web.readmodels import rebuild  # noqa: PLC0415 - after the settings

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    rebuild.follow()
    rebuild.dockets(rebuild.now())
    return 0


if __name__ == "__main__":
    sys.exit(main())
