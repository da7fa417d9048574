"""Where an agreement departs from baseline law: only by a treaty clause that the law admits.

A looser rule needs a treaty in force between the parties on the day, a clause of it, a target that
says it may be overridden, and a value within its floor and ceiling. A stricter rule needs none of
this: it is a rule of the agreement's own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

import msgspec

from habeas.errors import Fault, LawError
from habeas.law import agreement, messages, read
from habeas.law.check import checked, nearest
from habeas.law.holdings import bound
from habeas.law.places import line_of
from habeas.law.resolve import Draft, Wording
from habeas.law.tree import Param, walk

RULES, PARAMS = "rules.", "params."


@dataclass(frozen=True, slots=True)
class Baseline:
    """What an agreement may depart from, and what may be named in its place."""

    drafts: Mapping[str, Draft]  # the rules of every law file
    params: Mapping[str, agreement.Param]  # of every law file
    own: tuple[Draft, ...]  # rules of the agreement, which may name a parameter of the law
    names: read.Names

    def naming(self, name: str) -> Iterator[Wording]:
        """Every wording that names a parameter."""
        for draft in (*self.drafts.values(), *self.own):
            for one in draft.wordings:
                nodes = (node for tree, _ in one.texts for node in walk(tree))
                if any(isinstance(node, Param) and node.name == name for node in nodes):
                    yield one


def since(deal: agreement.Agreement, one: agreement.Override) -> date | None:
    """The first day on which the cited treaty is in force for every party; None where none is."""
    for instrument in deal.instruments:
        if instrument.id == one.cite.instrument and instrument.type == "treaty" and one.cite.at:
            known = instrument.in_force or {}
            if deal.parties and all(party.code in known for party in deal.parties):
                return max(known[party.code] for party in deal.parties)
    return None


def turns(deal: agreement.Agreement) -> tuple[date, ...]:
    """The days from which overrides of an agreement are admitted."""
    return tuple(day for one in deal.overrides if (day := since(deal, one)) is not None)


def _param_fault(one: agreement.Override, baseline: Baseline) -> Fault | None:
    name = one.target.removeprefix(PARAMS)
    param = baseline.params[name]
    if param.overridable != "treaty":
        return messages.fault("H204.closed", target=one.target)
    for key, given in (("require", one.require), ("applies", one.applies)):
        if given is not None:
            return messages.fault("H204.key", target=one.target, key=key)
    if one.value is None:
        return messages.fault("H204.value", target=one.target, wanted="value")
    beyond = bound(one.value, param)
    if beyond is not None:
        return messages.fault("H205", target=one.target, **beyond)
    return _unfit(name, one.value, param, baseline)


def _unfit(name: str, value: int | str, param: agreement.Param, baseline: Baseline) -> Fault | None:
    """What a rule that names the parameter could not do with the value: scale and range."""
    values = (agreement.ParamValue(value, ()),)
    params = {**baseline.names.params, name: msgspec.structs.replace(param, values=values)}
    for wording in baseline.naming(name):
        for text in (wording.source.applies, wording.source.require):
            try:
                checked(text, baseline.names.vocabulary, params)
            except LawError as error:
                return replace(error.faults[0], column=0)
    return None


def _rule_fault(one: agreement.Override, baseline: Baseline) -> Fault | None:
    draft = baseline.drafts[one.target.removeprefix(RULES)]
    if draft.wordings[0].source.overridable != "treaty":
        return messages.fault("H204.closed", target=one.target)
    if one.value is not None:
        return messages.fault("H204.key", target=one.target, key="value")
    if one.require is None:
        return messages.fault("H204.value", target=one.target, wanted="require")
    return None


def _unknown(one: agreement.Override, baseline: Baseline) -> Fault | None:
    targets = [f"{RULES}{name}" for name in baseline.drafts]
    targets += [f"{PARAMS}{name}" for name in baseline.params]
    if one.target in targets:
        return None
    bare = {target.partition(".")[2]: target for target in targets}
    found = nearest(one.target, targets) or bare.get(nearest(one.target, bare) or "")
    return messages.fault("H204.unknown", target=one.target, **messages.near(one.target, found))


def _fault(deal: agreement.Agreement, number: int, baseline: Baseline) -> Fault | None:
    one = deal.overrides[number]
    unknown = _unknown(one, baseline)
    if unknown is not None:
        return unknown
    if one.target in {before.target for before in deal.overrides[:number]}:
        return messages.fault("H204.twice", target=one.target)
    told = _rule_fault if one.target.startswith(RULES) else _param_fault
    return told(one, baseline)


def _admitted(deal: agreement.Agreement, one: agreement.Override, day: date) -> bool:
    begins = since(deal, one)
    return begins is not None and begins <= day


def applied(
    deal: agreement.Agreement, baseline: Baseline, day: date, file: tuple[str, str]
) -> tuple[Draft, ...]:
    """Baseline law with the wordings that an agreement puts in the place of others on a day.

    Args:
        deal: the agreement; its own parameters cannot be overridden, only those of law files.
        baseline: what it may depart from.
        day: on which the treaty must be in force.
        file: text and name of the agreement's file.

    Raises:
        LawError: H204, H205; every fault of an override's text.
    """
    drafts, faults = dict(baseline.drafts), list[Fault]()
    for number, one in enumerate(deal.overrides):
        fault = wrong = _fault(deal, number, baseline)
        if fault is None and not _admitted(deal, one, day):
            fault = messages.fault("H204", target=one.target, day=day.isoformat())
        if fault is not None:
            line = line_of(file[0], "overrides", str(number), "target")
            faults.append(replace(fault, file=file[1], line=line))
        if wrong is None and one.target.startswith(RULES):
            name = one.target.removeprefix(RULES)
            try:
                drafts[name] = _reworded(drafts[name], one, baseline.names, number, file)
            except LawError as error:
                faults += error.faults
    if faults:
        raise LawError(*faults)
    return tuple(drafts.values())


def _reworded(
    draft: Draft,
    one: agreement.Override,
    names: read.Names,
    number: int,
    file: tuple[str, str],
) -> Draft:
    """Every wording of a rule with the override's texts; its periods stay as the law has them."""
    given = {"applies": one.applies, "require": one.require}
    sources = {key: text for key, text in given.items() if text is not None}
    read_ = read.pair(file[0], number, sources, names, file[1], draft.id)
    done = []
    for held in draft.wordings:
        source = msgspec.structs.replace(held.source, **sources)
        texts = dict(zip(given, held.texts, strict=True)) | read_
        (applies, here), (require, there) = texts["applies"], texts["require"]
        places = (here, there) if here is not None and there is not None else None
        done.append(replace(held, source=source, applies=applies, require=require, places=places))
    return replace(draft, wordings=tuple(done))
