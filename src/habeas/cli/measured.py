"""The register that a scenario of `habeas project` starts from."""

from dataclasses import dataclass
from pathlib import Path

from habeas.adapters import projection_folder, register_files, statistics_files
from habeas.cli import output, registers
from habeas.cli.spared import spared
from habeas.errors import Fault, SetupError
from habeas.service import (
    backtest,
    hold,
    issue_records,
    projection_actual,
    projection_stock,
    scenario,
)
from habeas.service.agree import Library
from habeas.service.projection_actual import Actual


@dataclass(frozen=True, slots=True)
class Start:
    """The options that say it."""

    register: Path
    agreement: str
    deal: str
    size: int | None
    public: Path | None


@dataclass(frozen=True, slots=True)
class Begun:
    """A scenario's text with its measured layer, and what followed; None: that is not known."""

    text: str
    actual: Actual | None


def start(
    register: Path | None,
    agreement: str,
    deal: str,
    size: int | None,
    public: Path | None,
    write: Path | None,
) -> Start | None:
    """The options, where a register is named.

    Raises:
        SetupError: H901, for an option that waits for another.
    """
    if register is None:
        if agreement or deal or (size, public, write) != (None, None, None):
            what = "--agreement, --deal, --size, --public and --write speak of a register"
            raise SetupError(Fault("H901", what, "Name it with --register."))
        return None
    if not agreement:
        what = "a register is read under an agreement"
        raise SetupError(Fault("H901", what, "Name it with --agreement."))
    return Start(register, agreement, deal, size, public)


def begun(text: str, file: str, library: Library, asked: Start) -> Begun:
    """A scenario that starts with who is held under one of its deals by the register.

    Raises:
        SetupError: H847 to H849; H717, H840 of the register's size.
        LawError: every fault of the file; H215 for an agreement that the library does not have.
    """
    found = scenario.checked(text, file, library)
    library.agreement(asked.agreement)
    deal = projection_stock.deal_of(found, asked.agreement, asked.deal)
    with register_files.opened(asked.register) as files:
        after = backtest.last_day(files.store, found.zone)
        projection_stock.within(found.first, after)
        size = asked.size
        if size is None:
            size = backtest.size_at(files.store, backtest.begin(found.first, found.zone))
        else:
            size = hold.sized(files.store, size)
        projection_stock.known(files.store, files.vault, asked.agreement, size)
    states = (deal.sending, deal.receiving)
    whole = registers.held(asked.register, asked.agreement, states)
    then = registers.held(asked.register, asked.agreement, states, size)
    stocks = projection_stock.stocks(then, found, deal, backtest.origin(then, whole))
    for sentence in projection_stock.said(stocks):
        output.note(sentence)
    if asked.public is None:
        made = projection_stock.with_stock(text, file, stocks, library)
        return Begun(made, projection_actual.known(whole, found, deal, after))
    issued = [issue_records.earlier(*one) for one in statistics_files.issues(asked.public)]
    named = projection_stock.places(found, deal)
    projection_actual.told_before(stocks, issued, asked.agreement, named)
    made = projection_stock.with_stock(text, file, projection_stock.grouped(stocks), library)
    return Begun(made, projection_actual.published(issued, asked.agreement, found, deal))


def written(text: str, path: Path, *read: Path | None) -> int:
    """The scenario as a file of its own, and of none that was read."""
    spared(path, *read)
    projection_folder.whole(path, text.encode())
    output.lines([str(path)])
    return output.DONE
