"""Make the tables of an installation's web and fill them out of the register and the dockets."""

import sys
from collections.abc import Sequence

import django

from habeas.errors import HabeasError
from habeas.web import starting


def main() -> int:
    """Migrate, raise the fence, gather the static files, follow the register, screen the dockets.

    A demonstration gets its people, and says how each signs in.
    """
    try:
        django.setup()
        starting.told_variables()
        starting.refuse(starting.NEWER)
        _prepare()
    except HabeasError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return error.status
    return 0


def _prepare() -> None:
    from django.core.management import call_command  # noqa: PLC0415 - after the settings

    from habeas.web import wiring  # noqa: PLC0415 - after the settings
    from habeas.web.accounts import demo, demo_officers  # noqa: PLC0415
    from habeas.web.clock import now  # noqa: PLC0415
    from habeas.web.readmodels import fenced, rebuild, visible  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    fenced.put_up(visible.table())
    call_command("collectstatic", verbosity=0, interactive=False)
    rebuild.follow()
    rebuild.dockets(now())
    rebuild.weigh()
    installation = wiring.installation()
    if demo.allowed(installation):
        people = demo.make_demo_users(installation, demo_officers.officers())
        _tell(installation.name, installation.address, people)


def _tell(name: str, address: str, people: Sequence[tuple[str, str, str, str]]) -> None:
    print(f"\n{name} at {address}: all sign in with the password {people[0][1]}")  # noqa: T201
    for username, _, authority, office in people:
        print(f"  {username:44} {office} of {authority}")  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
