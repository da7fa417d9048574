"""habeas post: messages between the installations of two states, as files."""

from pathlib import Path

from habeas.adapters import text_files
from habeas.cli import gateway, output
from habeas.cli.act import serving
from habeas.service.asking import Outgoing, Receive


def export(
    register: Path,
    /,
    *,
    out: Path,
    agreement: str = "",
    sending: str | None = None,
    receiving: str | None = None,
) -> int:
    """Write the next message for the other state; what was not acknowledged is told again.

    Args:
        register: the register's file; a gateway serves it.
        out: where the message goes; not written where there is nothing to tell.
        agreement: under which agreement; where absent, the one of the registrar's key.
        sending: the sending state, where the agreement has several.
        receiving: the receiving state, where the agreement has several.
    """
    with gateway.caller(register) as found:
        told = serving(found, register).ask(Outgoing(agreement, sending, receiving))
    text = told.get("message")
    if text is None:
        output.note("nothing to tell")
    else:
        out.write_text(str(text))
        more = "; more follows once it is acknowledged" if told["more"] else ""
        output.note(
            f"{out}: {told['events']} events, {told['drafts']} drafts for {told['to']}{more}"
        )
    output.document({name: told[name] for name in told if name != "message"})
    return output.DONE


def import_(register: Path, file: Path, /) -> int:
    """Take in a message of the other state; status 1 where something of it was refused.

    Args:
        register: the register's file; a gateway serves it.
        file: the message.
    """
    text = text_files.text(file)
    with gateway.caller(register) as found:
        told = serving(found, register).ask(Receive(text))
    output.document({"path": str(register), **told})
    refused = any("error" in one for one in [*told["events"], *told["drafts"]])
    return output.DOES_NOT_HOLD if refused else output.DONE
