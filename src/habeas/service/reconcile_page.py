"""A reconciliation as a page of 100 columns, out of its document."""

from collections.abc import Mapping
from typing import Any

from habeas.units import money

SHOWN = 10  # of unmatched names and of rows set aside
TRIED, WORDS, WIDTH = 6, 60, 98
Document = Mapping[str, Any]  # Any: a document of this module


def page(found: Document) -> str:
    """The reconciliation as a page of 100 columns."""
    parts = [
        _head(found), _sums(found), _causes(found), _diagnosis(found), _quality(found),
        _largest(found), _names(found), _tail(found),
    ]  # fmt: skip
    return "\n".join(line for part in parts for line in part) + "\n"


def _money(minor: int | None, found: Document) -> str:
    if minor is None:
        return ""
    return money(minor, found["currency"] or "(no currency)", found["exponent"])


def _head(found: Document) -> list[str]:
    under = f" under {found['agreement']} ({found['standing']})" if found["agreement"] else ""
    price = found["price_minor"]
    said = {"agreement": "the agreement", "call": "the call", "claim": "the claim itself"}
    priced = (
        "Differences are in days: no one price of a person-day is known."
        if price is None
        else f"A person-day at {_money(price, found)}, as {said[found['price_from']]} says."
    )
    counted = f"Days by '{found['convention']}' in {found['zone']}"
    return [
        f"CLAIM AGAINST REGISTER{under}, {found['from']} to {found['to']} (exclusive)",
        f"{counted}, census_at {found['census_at']} (tzdata {found['tzdata']}).",
        priced,
        *(
            ["PROVISIONAL: custody that has no end yet is counted to the end of the period."]
            if found["provisional"]
            else []
        ),
        "",
    ]


def _sums(found: Document) -> list[str]:
    of, rows_ = found["totals"], list[tuple[str, int, int | None, str]]()
    rows_ += [
        ("claimed", of["claimed_days"], of["claimed_minor"], ""),
        ("recomputed from the register", of["register_days"], of["register_minor"], ""),
        ("overclaimed days", of["overclaimed_days"], of["overclaimed_minor"], "+"),
        ("underclaimed days", of["underclaimed_days"], of["underclaimed_minor"], "-"),
        ("gross: all days that differ", of["gross_days"], of["gross_minor"], ""),
        ("net: hides what cancels out", of["net_days"], of["net_minor"], ""),
    ]
    return [
        f"  {what:<32}{sign + f'{days:,}':>14} days{_money(minor, found):>28}".rstrip()
        for what, days, minor, sign in rows_
    ]


def _causes(found: Document) -> list[str]:
    if not found["causes"]:
        return ["", "Every day and amount agrees."]
    head = f"  {'cause':<22}{'over':>10}{'under':>10}{'lines':>8}{'amount':>26}"
    body = [
        f"  {one['cause']:<22}{one['over_days']:>10,}{one['under_days']:>10,}{one['lines']:>8,}"
        f"{_money(one['minor'], found):>26}"
        for one in found["causes"]
    ]
    total = _money(found["totals"]["difference_minor"], found)
    both = [
        sum(one[key] for one in found["causes"]) for key in ("over_days", "under_days", "lines")
    ]
    foot = f"  {'claim less register':<22}{both[0]:>10,}{both[1]:>10,}{both[2]:>8,}{total:>26}"
    return ["", "WHY", head, *body, f"  {'-' * 76}", foot]


def _wrapped(text: str, indent: str = "  ", width: int = WIDTH) -> list[str]:
    found, line = list[str](), ""
    room = width - len(indent)
    words = [word[n : n + room] for word in text.split(" ") for n in range(0, len(word), room)]
    for word in words:
        if line and len(indent) + len(line) + 1 + len(word) > width:
            found.append(indent + line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*found, indent + line]


def _diagnosis(found: Document) -> list[str]:
    told, table = found["diagnosis"], list[str]()
    tried = [
        one for one in told["tried"] if one["explained_over_days"] + one["explained_under_days"]
    ]
    if tried:
        table.append(f"  {'change of rule':<62}{'explains':>10}{'brings':>9}{'leaves':>10}")
    for one in tried[:TRIED]:
        explains = one["explained_over_days"] + one["explained_under_days"]
        left = one["over_days"] + one["under_days"]
        words = one["change"] if len(one["change"]) <= WORDS else one["change"][: WORDS - 1] + "…"
        table.append(f"  {words:<62}{explains:>10,}{one['brought_days']:>9,}{left:>10,}")
    cells = [
        f"  {one['equal']:>12,} of {one['compared']:,} equal ({one['equal_percent']} %), "
        f"mean absolute difference {one['mean_absolute_difference']}: {one['change']}"
        for one in found["agreements"]
        if one["compared"]
    ]
    wrapped = [part for cell in cells for part in _wrapped(cell.strip(), "  ")]
    told_lines = _wrapped(told["sentence"])
    return ["", "DIAGNOSIS (nothing of it is applied)", *told_lines, *table, *wrapped]


def _quality(found: Document) -> list[str]:
    claim = found["claim"]
    totals = claim["rows"] - claim["taken"] - claim["set_aside"]
    read = (
        f"  {claim['rows']:,} rows read = {claim['taken']:,} taken "
        f"+ {claim['set_aside']:,} set aside + {totals:,} printed totals"
    )
    lines = [read]
    for one in claim["printed_totals"]:
        exact = one["exact_minor"]
        lines.append(
            f"  row {one['row']} prints {_money(one['printed_minor'], found)}; "
            f"the rows sum to {_money(one['rows_minor'], found)}"
            + ("" if exact is None else f"; days times rate: {_money(exact, found)}")
        )
    for one in claim["set_aside_rows"][:SHOWN]:
        lines += _wrapped(f"row {one['row']}: {one['code']} {one['reason']}")
    for one in found["of_rows"][:SHOWN]:
        minor = one["difference_minor"]
        amount = f" ({_money(int(minor), found)})" if minor else ""
        who = " ".join(part for part in (one["register_number"], one["facility"]) if part)
        lines += _wrapped(f"row {one['row']} {who}: {one['cause']}, {one['detail']}{amount}")
    if len(found["of_rows"]) > SHOWN:
        lines.append(f"  and {len(found['of_rows']) - SHOWN:,} more rows: see --json or --out")
    outside = claim["outside_period"]
    if outside["rows"]:
        lines.append(f"  {outside['rows']:,} rows lie outside the period: unknown, not compared")
    if found["overlapping_register_days"]:
        days = found["overlapping_register_days"]
        lines.append(f"  the register holds persons twice on {days:,} days: billed once")
    return ["", "THE CLAIM ITSELF", *lines, *(f"  {text}" for text in claim["findings"])]


def _largest(found: Document) -> list[str]:
    if not found["largest"]:
        return []
    lines = ["", "LARGEST DIFFERENCES"]
    for one in found["largest"]:
        days = f"{int(one['difference_days']):+,} days"
        span = f"{one['from']} to {one['to']}" if one["from"] else f"row {one['row']}"
        who = " ".join(part for part in (one["register_number"], one["facility"]) if part)
        amount = f"{_money(int(one['difference_minor']), found)}" if one["difference_minor"] else ""
        lines.append(f"  {one['line']} {who[:34]:<34} {span:<25}{days:>12}{amount:>18}".rstrip())
        lines += _wrapped(f"{one['cause']}: {one['detail']}", " " * 10)
    return lines


def _names(found: Document) -> list[str]:
    lines = []
    for key, names in found["unmatched"]["names"].items():
        count = found["unmatched"][key]
        if count:
            more = f" and {count - SHOWN:,} more" if count > SHOWN else ""
            lines += _wrapped(
                f"{key.replace('_', ' ')}: {count:,} ({', '.join(names[:SHOWN])}{more})"
            )
    return ["", "UNMATCHED", *lines] if lines else []


def _tail(found: Document) -> list[str]:
    claim, against = found["claim"], found["against"]
    basis = ", ".join(f"{key} {value}" for key, value in against.items() if key != "checkpoint")
    return [
        "",
        *_wrapped(f"Claim {claim['file']}, sha256 {claim['sha256']}", ""),
        *_wrapped(f"against {basis}", ""),
        *(
            ["What matched may be paid; the rest waits until it is answered."]
            if not found["matches"]
            else []
        ),
        found["review"],
    ]
