"""The table of commands, each loaded when called."""

import sys

from cyclopts import App, CycloptsError, Parameter

from habeas.cli.output import failure, note
from habeas.errors import Fault, HabeasError, SetupError

GROUPS = {
    "law": (
        "The library of laws and agreements.",
        {
            "list": "habeas.cli.law:listing",
            "show": "habeas.cli.law:show",
            "check": "habeas.cli.law:check",
        },
    ),
    "register": (
        "The register.",
        {
            "init": "habeas.cli.register:init",
            "append": "habeas.cli.register:append",
            "show": "habeas.cli.register:show",
            "verify": "habeas.cli.verify:register",
            "receipt": "habeas.cli.register:receipt",
        },
    ),
    "custody": (
        "Who is held, from a register or from a file of stays.",
        {
            "intervals": "habeas.cli.views:intervals",
            "roll": "habeas.cli.views:roll",
            "person-days": "habeas.cli.views:person_days",
        },
    ),
    "fees": ("What is owed, line by line.", {"statement": "habeas.cli.views:statement"}),
    "space": (
        "Floor area a person against each standard.",
        {"density": "habeas.cli.views:density"},
    ),
}
COMMANDS = {
    "demo": "habeas.cli.demo:demo",
    "screen": "habeas.cli.screen:screen",
    "sign": "habeas.cli.register:sign",
    "doctor": "habeas.cli.law:doctor",
}


def application() -> App:
    """Every command, none of them loaded yet."""
    plain = Parameter(negative=())
    app = App(
        name="habeas",
        help="Cross-border custody agreements on one register that anyone can check.",
        default_parameter=plain,
        version_flags=["--version"],
        result_action="return_value",
        exit_on_error=False,
        print_error=False,
    )
    for name, target in COMMANDS.items():
        app.command(target, name=name)
    for name, (about, commands) in GROUPS.items():
        group = App(name=name, help=about, default_parameter=plain, result_action="return_value")
        for command, target in commands.items():
            group.command(target, name=command)
        app.command(group)
    return app


def run(words: list[str]) -> int:
    """One call; returns its exit status.

    0 done; 1 done, and what was checked does not hold; 2 the input or the call is wrong;
    3 refused by law or by the register.
    """
    debug = "--debug" in words
    try:
        found = application()([word for word in words if word != "--debug"])
    except CycloptsError as error:
        what = (
            str(error).strip().splitlines()[0].rstrip(".")
            if str(error).strip()
            else "the call cannot be read"
        )
        return failure(SetupError(Fault("H901", what, "See --help of the command.")))
    except HabeasError as error:
        if debug:
            raise
        return failure(error)
    except BrokenPipeError:
        return 0
    except OSError as error:
        what = f"'{error.filename}': {error.strerror}"
        return failure(SetupError(Fault("H902", what, "Name a path that can be read and written.")))
    except KeyboardInterrupt:
        note("stopped; what was committed stays")
        return 130
    return found if isinstance(found, int) else 0


def main() -> None:
    """The `habeas` program."""
    sys.exit(run(sys.argv[1:]))
