"""What is said of a library beyond its form: by words alone, and over all cases by the solver."""

from collections.abc import Iterator

from habeas.errors import SetupError
from habeas.law import messages
from habeas.law.library import File, Library
from habeas.law.program import ProgramRule
from habeas.law.scrutiny import Scrutiny, days_for_months


def scrutiny(library: Library) -> Scrutiny:
    """Advice on words always; the analysis where the solver is installed.

    Raises:
        LawError: every fault of the files.
    """
    done = Scrutiny()
    for file, rule in _standing(library):
        for number in days_for_months(rule):
            fault = messages.fault("H305", name=rule.id, days=number)
            done.advice.append(file.placed(fault, "rules", rule.id))
    try:
        from habeas.service import analyse  # noqa: PLC0415 - the solver is an extra
    except SetupError as error:
        done.left_out = f"Left out, over all cases: {error.faults[0].sentence()}"
    else:
        analyse.analyse(library, done)
    done.faults, done.advice = [list(dict.fromkeys(each)) for each in (done.faults, done.advice)]
    return done


def _standing(library: Library) -> Iterator[tuple[File, ProgramRule]]:
    """Every rule with its file, in each period in which it stands."""
    for file, law in library.laws.values():
        for day in library.baseline_days():
            rules, _ = library.baseline(day)
            yield from ((file, rule) for rule in rules if rule.id in law.rules)
    for name, (file, deal) in library.agreements.items():
        for day in library.days(name):
            rules = library.program(name, day).rules
            yield from ((file, rule) for rule in rules if rule.id in deal.rules)
