"""The message of what is overdue, through a real mail server on this machine."""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from habeas.cli.main import run
from sites import free_port

EE = ["--agreement", "SE-EE", "--as-of", "2027-11-20"]


class Box:
    """What a server took, and whom it refuses."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], Message]] = []

    async def handle_RCPT(  # noqa: N802 - the server's name and arguments
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Take everybody but one."""
        if address.startswith("nobody"):
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the server's name for it
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep a message."""
        assert isinstance(envelope.content, bytes)
        self.taken.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
        return "250 taken"


@pytest.fixture
def box() -> Iterator[tuple[Box, str]]:
    held = Box()
    port = free_port()
    controller = Controller(held, hostname="127.0.0.1", port=port)
    controller.start()
    yield held, f"127.0.0.1:{port}"
    controller.stop()


def sent(demo: Path, smtp: str, *to: str) -> int:
    register = str(demo / "se-ee/register.sqlite3")
    named = [word for one in to for word in ("--to", one)]
    return run(
        ["duties", "mail", register, *EE, *named, "--sender", "h@example.org", "--smtp", smtp]
    )


def test_each_officer_is_told_what_is_overdue_and_nobodys_number(
    demo: Path, box: tuple[Box, str]
) -> None:
    held, smtp = box
    assert sent(demo, smtp, "a@example.org", "b@example.org") == 1
    ((to, message),) = held.taken
    text = str(message.get_payload())
    assert to == ["a@example.org", "b@example.org"]
    assert message["Subject"] == "habeas SE-EE: duties as of 2027-11-20"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "overdue  D-4" in text
    assert "p_" not in text
    assert "No lawyer has reviewed" in text.replace("=\n", "")


@pytest.mark.parametrize("smtp", ["127.0.0.1:1", "localhost"])
def test_a_server_that_is_not_there_is_one_sentence(
    demo: Path, smtp: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sent(demo, smtp, "a@example.org") == 2
    said = capsys.readouterr().err
    assert ("H773" if ":" in smtp else "H901") in said
    assert "Traceback" not in said


def test_an_address_that_the_server_refuses_is_told(
    demo: Path, box: tuple[Box, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert sent(demo, box[1], "nobody@example.org") == 2
    assert "H773" in capsys.readouterr().err


def test_whoever_is_refused_among_others_is_named_and_the_others_have_it(
    demo: Path, box: tuple[Box, str], capsys: pytest.CaptureFixture[str]
) -> None:
    held, smtp = box
    assert sent(demo, smtp, "a@example.org", "nobody@example.org") == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "H773" in said
    assert "took the message, but not for nobody@example.org" in said
    assert [to for to, _ in held.taken] == [["a@example.org"]]
