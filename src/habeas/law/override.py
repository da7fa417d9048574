"""Where an agreement departs from baseline law: only by a treaty clause that the law admits.

A looser rule needs a treaty in force between the parties on the day, a clause of it, a target that
says it may be overridden, and a value within its floor and ceiling. A stricter rule needs none of
this: it is a rule of the agreement's own.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

import msgspec

from habeas.errors import Fault, LawError
from habeas.law import agreement, limits, messages, read
from habeas.law.check import nearest
from habeas.law.resolve import Draft, Wording
from habeas.law.tree import Param, walk


def _admitted(deal: agreement.Agreement, one: agreement.Override, day: date) -> bool:
    """Whether the clause is of a treaty in force on the day for every party."""
    for instrument in deal.instruments:
        if instrument.id == one.cite.instrument and instrument.type == "treaty" and one.cite.at:
            since = instrument.in_force or {}
            return all(party.code in since and since[party.code] <= day for party in deal.parties)
    return False


def _param_fault(one: agreement.Override, params: Mapping[str, agreement.Param]) -> Fault | None:
    name = one.target.removeprefix("params.")
    if name not in params:
        found = nearest(name, params)
        near = messages.near(one.target, found and f"params.{found}")
        return messages.fault("H204.unknown", target=one.target, **near)
    param = params[name]
    if param.overridable != "treaty":
        return messages.fault("H204.closed", target=one.target)
    if one.value is None:
        return messages.fault("H204.value", target=one.target, wanted="value")
    return _beyond(one.target, one.value, param)


def _beyond(target: str, value: int | str, param: agreement.Param) -> Fault | None:
    said: dict[str, int | str] = {"target": target, "value": value}
    if param.floor is not None and Fraction(value) < Fraction(param.floor):
        said |= {"side": "below the hard floor", "lado": "bajo el mínimo", "bound": param.floor}
    elif param.ceiling is not None and Fraction(value) > Fraction(param.ceiling):
        said |= {"side": "above the ceiling", "lado": "sobre el máximo", "bound": param.ceiling}
    else:
        return None
    return messages.fault("H205", **said)


def _rule_fault(one: agreement.Override, drafts: Mapping[str, Draft]) -> Fault | None:
    name = one.target.removeprefix("rules.")
    if name not in drafts:
        found = nearest(name, drafts)
        near = messages.near(one.target, found and f"rules.{found}")
        return messages.fault("H204.unknown", target=one.target, **near)
    if drafts[name].wordings[0].source.overridable != "treaty":
        return messages.fault("H204.closed", target=one.target)
    if one.require is None:
        return messages.fault("H204.value", target=one.target, wanted="require")
    return None


def applied(
    deal: agreement.Agreement,
    baseline: tuple[Draft, ...],
    names: read.Names,
    day: date,
    file: tuple[str, str],
) -> tuple[Draft, ...]:
    """Baseline law with the wordings that an agreement puts in the place of others on a day.

    Args:
        deal: the agreement; its own parameters cannot be overridden, only those of law files.
        baseline: the rules of every law file.
        names: what the texts may name.
        day: on which the treaty must be in force.
        file: text and name of the agreement's file.

    Raises:
        LawError: H204, H205; every fault of an override's text.
    """
    drafts = {draft.id: draft for draft in baseline}
    params = {name: one for name, one in names.params.items() if name not in deal.params}
    faults: list[Fault] = []
    for number, one in enumerate(deal.overrides):
        line = read.line_of(file[0], "overrides", str(number), "target")
        about_rule = one.target.startswith("rules.")
        fault = _rule_fault(one, drafts) if about_rule else _param_fault(one, params)
        if fault is None and not _admitted(deal, one, day):
            fault = messages.fault("H204", target=one.target)
        if fault is not None:
            faults.append(replace(fault, file=file[1], line=line))
            continue
        if about_rule:
            try:
                name = one.target.removeprefix("rules.")
                drafts[name] = _reworded(drafts[name], one, names, number, file)
            except LawError as error:
                faults += error.faults
    if faults:
        raise LawError(*faults)
    return tuple(drafts.values())


def unfit(
    deal: agreement.Agreement,
    drafts: tuple[Draft, ...],
    names: read.Names,
    file: tuple[str, str],
) -> list[Fault]:
    """What the values of an agreement's overrides make of rules: too fine, or beyond the bounds."""
    values = {
        one.target.removeprefix("params."): (number, one.value)
        for number, one in enumerate(deal.overrides)
        if one.value is not None and one.target.startswith("params.")
    }
    params = dict(names.params)
    for name, (_, value) in values.items():
        said = tuple(msgspec.structs.replace(one, value=value) for one in params[name].values)
        params[name] = msgspec.structs.replace(params[name], values=said)
    found: list[Fault] = []
    for draft in drafts if values else ():
        for tree in (tree for one in draft.wordings for tree in (one.applies, one.require)):
            for name in {one.name for one in walk(tree) if isinstance(one, Param)} & values.keys():
                line = read.line_of(file[0], "overrides", str(values[name][0]), "value")
                faults = [
                    messages.fault("H107", number=values[name][1], scale=one.scale)
                    for one in walk(tree)
                    if isinstance(one, Param) and one.name == name
                    and (Fraction(values[name][1]) * one.scale).denominator != 1
                ]  # fmt: skip
                faults += limits.faults(tree, names.vocabulary, params)
                found += [
                    replace(one, file=file[1], line=line, column=0, rule=draft.id) for one in faults
                ]
    return list(dict.fromkeys(found))


def _reworded(
    draft: Draft,
    one: agreement.Override,
    names: read.Names,
    number: int,
    file: tuple[str, str],
) -> Draft:
    source = draft.wordings[0].source
    rule = msgspec.structs.replace(
        source,
        require=one.require or source.require,
        applies=one.applies or source.applies,
        cite=(*source.cite, one.cite),
        note=one.why,
    )
    place = ("overrides", str(number))
    trees = read.pair(file[0], place, (rule.applies, rule.require), names, file[1])
    return Draft(draft.id, draft.layer, (Wording(None, None, rule, *trees),))
