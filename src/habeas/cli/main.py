"""The table of commands, each loaded when called."""

import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from cyclopts import App, CycloptsError, Parameter

from habeas.cli.output import failure, note
from habeas.errors import Fault, HabeasError, Language, SetupError

Commands = dict[str, tuple[str, str]]  # name: where it is, what it does
GROUPS: dict[str, tuple[str, Commands]] = {
    "law": (
        "The library of laws and agreements.",
        {
            "list": ("habeas.cli.law:listing", "List every file of the library."),
            "show": ("habeas.cli.show:show", "Show anything of the library by its id."),
            "check": ("habeas.cli.law:check", "Read every file; tell all faults in one run."),
            "cases": ("habeas.cli.law:cases", "Run law cases against what they expect."),
            "sql": ("habeas.cli.law:sql", "Print an agreement's rules as SQL that anyone can run."),
            "prove": ("habeas.cli.prove:prove", "Prove guarantees for every possible case."),
            "boundaries": (
                "habeas.cli.boundaries:boundaries",
                "Print law cases at every boundary of the rules.",
            ),
            "schema": ("habeas.cli.show:schema", "Print the JSON Schema of a file, for editors."),
            "diff": ("habeas.cli.diff:diff", "Find a case that two versions judge differently."),
        },
    ),
    "docket": (
        "The cases put forward: check a file, make a snapshot, make a synthetic one.",
        {
            "check": ("habeas.cli.docket:check", "Read every row; say why some are set aside."),
            "snapshot": ("habeas.cli.docket:snapshot", "Write the cases as a fast Arrow file."),
            "synth": ("habeas.cli.docket:synth", "Write a synthetic docket."),
        },
    ),
    "register": (
        "The register.",
        {
            "init": ("habeas.cli.register:init", "Make an empty register and its trust file."),
            "append": ("habeas.cli.register:append", "Append signed events, all or nothing."),
            "show": ("habeas.cli.register:show", "Show the latest events."),
            "verify": ("habeas.cli.verify:register", "Check every event, leaf and checkpoint."),
            "receipt": ("habeas.cli.register:receipt", "Hand out a receipt, or check one."),
            "publish": ("habeas.cli.publishing:publish", "Sign a checkpoint; ask the witnesses."),
            "prove": ("habeas.cli.publishing:prove", "Print a proof out of the tiles."),
            "export": ("habeas.cli.copies:export", "Write a plain folder of tiles."),
            "backup": ("habeas.cli.copies:backup", "Copy a register; its keys apart."),
            "restore": ("habeas.cli.copies:restore_copy", "Restore a copy, if witnesses agree."),
            "witness": ("habeas.cli.witness:witness", "Cosign what extends a log's checkpoint."),
            "evidence": ("habeas.cli.witness:evidence", "Show what a witness refused."),
        },
    ),
    "post": (
        "Messages between the installations of two states.",
        {
            "export": ("habeas.cli.post:export", "Write the next message for the other state."),
            "import": ("habeas.cli.post:import_", "Take in a message of the other state."),
        },
    ),
    "feed": (
        "The other state's log: mirrored, and compared with the own.",
        {
            "pull": ("habeas.cli.feed:pull", "Take what the other state has published."),
            "push": ("habeas.cli.feed:push", "Hand it what this log has published."),
            "status": ("habeas.cli.feed:status", "How both logs and what they share stand."),
            "export": ("habeas.cli.feed:export", "Write what goes to the other state as files."),
            "import": ("habeas.cli.feed:import_", "Take in the other state's files."),
            "mirror": ("habeas.cli.feed:mirror", "Write the mirrored log as a folder of tiles."),
            "proof": ("habeas.cli.feed:proof", "Write the proof of how an event stands."),
            "check": ("habeas.cli.feed:check", "Check a proof about two logs, offline."),
            "keys": ("habeas.cli.feed:keys", "Draw the keys that cosign the other log."),
            "enrol": ("habeas.cli.feed:enrol", "Enrol the other log with its policy."),
        },
    ),
    "keys": (
        "The keys of a register's officers.",
        {
            "enrol": ("habeas.cli.keys:enrol", "Enrol an officer's key."),
            "rotate": ("habeas.cli.keys:rotate", "Put a new key in the place of an old one."),
            "revoke": ("habeas.cli.keys:revoke", "Revoke an officer's key."),
            "list": ("habeas.cli.keys:listing", "List every key that was ever enrolled."),
        },
    ),
    "custody": (
        "Who is held, from a register or from a file of stays.",
        {
            "intervals": ("habeas.cli.views:intervals", "Every custody interval."),
            "roll": ("habeas.cli.views:roll", "Who is held at an instant."),
            "segregation": ("habeas.cli.apart:listing", "Who is held apart, and how long on end."),
            "conditions": (
                "habeas.cli.conditions:listing",
                "Hours, light, toilets and visits against each standard.",
            ),
            "sample": ("habeas.cli.views:sample", "Whom a visitor asks to see, by a seed."),
            "visits": ("habeas.cli.visits:listing", "Visits, what was found, what was replied."),
            "clocks": ("habeas.cli.clocks:listing", "Both sentence clocks, and how computed."),
            "overstays": ("habeas.cli.clocks:overstays", "Who is held past the date."),
            "import": (
                "habeas.cli.imports:placements",
                "Read published custody records; no person's name enters.",
            ),
            "table": (
                "habeas.cli.imports:table",
                "Read a published table with its footnotes.",
            ),
            "stock": ("habeas.cli.custody:stock", "How many a facility held on each day."),
            "person-days": ("habeas.cli.custody:person_days", "Person-days of a month or a file."),
            "sql": ("habeas.cli.custody:sql", "Print the query that counts an exported table."),
        },
    ),
    "duties": (
        "What must be done by whom by when, and whether it was.",
        {
            "list": ("habeas.cli.duties:listing", "Duties of a register; late ones first."),
            "answer": ("habeas.cli.duties:answer", "Record that one was done, through a gateway."),
            "mail": ("habeas.cli.duties:mail", "Send what is overdue and what falls due soon."),
            "check": ("habeas.cli.duties:check", "A file of starts and answers against a limit."),
        },
    ),
    "inquiry": (
        "Where a person is held and by what right: asked, answered, or met with silence.",
        {
            "make": ("habeas.cli.inquiry:make", "Ask, through a gateway."),
            "answer": ("habeas.cli.inquiry:answer", "What the register says, for signing."),
            "list": ("habeas.cli.inquiry:listing", "How each inquiry stands; what is not so."),
            "take": ("habeas.cli.inquiry:take", "Take what strangers asked, through a gateway."),
            "requests": ("habeas.cli.inquiry:requests", "Requests that a person must decide."),
            "decide": ("habeas.cli.inquiry:decide", "Grant or refuse one, with the reason."),
        },
    ),
    "fees": (
        "What is owed, line by line.",
        {
            "statement": ("habeas.cli.fees:statement", "The statement of a period."),
            "note": ("habeas.cli.fees:note_", "What is known later of a closed period."),
            "read": ("habeas.cli.fees:read", "Read the price texts of a list of facilities."),
            "reconcile": ("habeas.cli.reconcile:reconcile", "A claim against the register."),
            "export": ("habeas.cli.export:export_", "A statement as books, page, invoice, chart."),
        },
    ),
    "space": (
        "Floor area a person, and who goes into which cell.",
        {
            "density": ("habeas.cli.space:density", "Floor area against each standard."),
            "days": ("habeas.cli.space:days", "Days and person-days below each standard."),
            "capacity": ("habeas.cli.space:capacity", "Places by each definition, on a day."),
            "check": ("habeas.cli.space:check", "Read a facility file; tell all faults."),
            "place": ("habeas.cli.placement:propose", "Propose a lawful cell for each person."),
            "decide": ("habeas.cli.placement:decide", "Record what an officer decides on it."),
        },
    ),
    "statistics": (
        "Public tables, with small counts withheld.",
        {
            "publish": ("habeas.cli.statistics:publish", "Publish the tables of a month."),
        },
    ),
    "report": (
        "Reports to print and to read: each figure is tied to where it stands.",
        {
            "monthly": ("habeas.cli.report:monthly", "A month for the public, from its issue."),
            "reply": ("habeas.cli.report:reply", "A parliamentary question, from what is public."),
            "visit": ("habeas.cli.report:visit", "The pack of a visit to a facility."),
        },
    ),
}
SUBGROUPS: dict[str, dict[str, tuple[str, Commands]]] = {
    "fees": {
        "dispute": (
            "What both states say about the lines of a reconciliation.",
            {
                "open": ("habeas.cli.dispute:open_", "Open every line of a reconciliation."),
                "answer": ("habeas.cli.dispute:answer", "Dispute, concede, withdraw or settle."),
                "list": ("habeas.cli.dispute:listing", "List how every line stands."),
            },
        ),
    },
    "register": {
        "public-roll": (
            "The nightly public roll.",
            {
                "build": ("habeas.cli.nightly:build", "Build, commit and publish a night's roll."),
                "check": ("habeas.cli.public_roll:check", "Check a whole roll with its header."),
            },
        ),
        "token": (
            "The tokens by which families, counsel and consulates find a row of the roll.",
            {
                "issue": ("habeas.cli.nightly:issue", "Issue a token and print it, once."),
                "revoke": ("habeas.cli.nightly:revoke", "Revoke a token, with a reason."),
            },
        ),
    },
}
COMMANDS: Commands = {
    "demo": ("habeas.cli.demo:demo", "The whole way on synthetic people, from docket to proof."),
    "serve": (
        "habeas.cli.serve:serve",
        "Serve the web app and the API of an installation, or of two states' beside each other.",
    ),
    "screen": (
        "habeas.cli.screen:screen",
        "A docket against the rules: who may go on, and why not.",
    ),
    "project": (
        "habeas.cli.project:project",
        "What a scenario would do: people, space, money, law, each with its range.",
    ),
    "backtest": (
        "habeas.cli.backtest:back_test",
        "Project from a past day by what was known then; against what followed.",
    ),
    "erase": (
        "habeas.cli.erase:erase",
        "Destroy the keys of a person's content: what would go, or what three persons signed.",
    ),
    "locate": ("habeas.cli.locate:locate", "Find a person by token in a downloaded public roll."),
    "act": ("habeas.cli.act:acts", "An officer's act through a gateway; sign, drop, drafts."),
    "sign": ("habeas.cli.register:sign", "Sign drafted events without a network."),
    "gateway": (
        "habeas.cli.gateway:gateway",
        "Own a register, and answer whoever asks at its socket.",
    ),
    "doctor": ("habeas.cli.doctor:doctor", "What is installed, what is missing, what to type."),
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
    for name, (target, about) in COMMANDS.items():
        app.command(target, name=name, help=about)
    for name, (about, commands) in GROUPS.items():
        group = _group(name, about, commands)
        for inner, (what, below) in SUBGROUPS.get(name, {}).items():
            group.command(_group(inner, what, below))
        app.command(group)
    return app


def _group(name: str, about: str, commands: Commands) -> App:
    plain = Parameter(negative=())
    found = App(name=name, help=about, default_parameter=plain, result_action="return_value")
    for command, (target, what) in commands.items():
        found.command(target, name=command, help=what)
    return found


def loaded(target: str) -> Callable[..., Any]:
    """A function by `module:name`, for what a command needs in some calls only."""
    module, _, name = target.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found


def language(words: list[str]) -> Language:
    """In which language faults of law are told: that of `--lang`, else of HABEAS_LANG."""
    following = words[words.index("--lang") + 1 :] if "--lang" in words else []
    chosen = following[0] if following else os.environ.get("HABEAS_LANG", "en")
    return "es" if chosen == "es" else "en"


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
        return failure(error, language(words))
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
