"""A statement as the business terms of EN 16931: what an invoice says, and what it may not say.

An invoice states an amount: a statement with a line that is not priced has none, so no invoice is
made of it. A quantity that is no whole number is written exactly, as a whole quantity at a price
for a base quantity (BT-149): 380/31 person-months at 8,500.00 are 380 days at 8,500.00 for 31 days.
Where an amount is not the product of its quantity and price, it is one lump, with the words.

A supply between two states is written as outside the scope of VAT (category O). That is a choice
declared by whoever issues the invoice, with its words; nothing here finds that it is the law.
A statement whose total is negative is a credit note (type 381), with the signs turned.

Source: EN 16931-1 as its Schematron has it: BR-CO-25, BR-CO-26, BR-16, BR-27, BR-61, BR-DEC, BR-O.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from msgspec import Meta, Struct

from habeas.errors import Fault, FeeError
from habeas.fees import words
from habeas.fees.stated import Row, Stated
from habeas.units import amount

Terms = dict[str, object]  # by the standard's own numbers of terms and groups
Short = Annotated[str, Meta(min_length=1, max_length=500)]
State = Annotated[str, Meta(pattern=r"^[A-Z]{2}\Z")]

DECIMALS = 2  # of an amount, at most (BR-DEC)
INVOICE, CREDIT_NOTE = "380", "381"
CREDIT_TRANSFER = "30"
DAY, ONE, LUMP = "DAY", "C62", "LS"  # UN/ECE Recommendation 20
OUTSIDE = "O"
OUTSIDE_CODE = "VATEX-EU-O"
OUTSIDE_WORDS = (
    "Not subject to VAT: a supply between two states under an agreement between them, outside the "
    "scope of VAT. Declared by the issuer of this invoice; no authority has confirmed it."
)


class Address(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a side is; every part may be absent."""

    street: Short | None = None
    more: Short | None = None
    city: Short | None = None
    postcode: Short | None = None


class Side(Struct, frozen=True, forbid_unknown_fields=True):
    """Particulars of one side; what is absent comes from the agreement."""

    name: Short | None = None  # the legal name
    identifier: Short | None = None  # by which the other side knows it
    legal_id: Short | None = None  # in an official register
    country: State | None = None
    endpoint: Short | None = None  # electronic address
    endpoint_scheme: Short | None = None
    contact: Short | None = None
    email: Short | None = None
    address: Address = Address()


class Tax(Struct, frozen=True, forbid_unknown_fields=True):
    """What the issuer declares about VAT."""

    category: Short = OUTSIDE
    reason: Short = OUTSIDE_WORDS
    code: Short | None = OUTSIDE_CODE


class Credit(Struct, frozen=True, forbid_unknown_fields=True):
    """The invoice that a credit note credits."""

    number: Short
    issued: date | None = None


class Particulars(Struct, frozen=True, forbid_unknown_fields=True):
    """What an invoice needs and no statement holds; a small TOML file."""

    number: Short | None = None
    issued: date | None = None
    due: date | None = None
    terms: Short | None = None  # of payment, in words
    buyer_reference: Short | None = None
    iban: Short | None = None
    bic: Short | None = None
    account_name: Short | None = None
    note: Short | None = None
    seller: Side = Side()
    buyer: Side = Side()
    tax: Tax = Tax()
    credit: Credit | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """One side as the agreement names it."""

    state: str
    name: str
    identifier: str


def terms(found: Stated, seller: Party, buyer: Party, given: Particulars) -> Terms:
    """The business terms of a statement's invoice, or of its credit note.

    Args:
        found: the statement.
        seller: who receives the money: the authority of the receiving state.
        buyer: who pays: the authority of the sending state.
        given: what the statement and the agreement do not hold.

    Raises:
        FeeError: H765, when it has a line that is not priced; H766, for every mandatory field that
            is missing and everything that an invoice cannot say.
    """
    faults = [*_unknown(found), *_unsayable(found, given), *_missing(found, given)]
    if faults:
        raise FeeError(*faults)
    sign = -1 if found.known_minor < 0 else 1
    total = _sum(sign * found.known_minor, found.exponent)
    said: Terms = {
        "BT-1": given.number or f"{found.agreement}-{found.first:%Y%m%d}-{found.digest[:8]}",
        "BT-2": given.issued or found.after,
        "BT-3": CREDIT_NOTE if sign < 0 else INVOICE,
        "BT-5": found.currency,
        "BT-10": given.buyer_reference or found.agreement,
        "BT-12": f"{found.agreement} {found.version}",
        "BT-73": found.first,
        "BT-74": found.after - timedelta(days=1),
        "BG-1": [{"BT-22": words} for words in _notes(found, given)],
        "BG-4": _party(seller, given.seller),
        "BG-7": _party(buyer, given.buyer),
        **dict.fromkeys(("BT-106", "BT-109", "BT-112", "BT-115"), total),
        "BT-110": _sum(0, found.exponent),
        "BG-23": [_outside(given.tax, total, _sum(0, found.exponent))],
        "BG-25": [_line(row, found, sign) for row in found.rows],
    }
    return said | _payment(given) | _credited(given)


def _sum(minor: int, exponent: int) -> str:
    """An amount with the two decimals that an invoice holds; what has more was refused before."""
    over = max(0, exponent - DECIMALS)
    return amount(minor // 10**over, exponent - over)


def _unknown(found: Stated) -> list[Fault]:
    fix = "Agree on a price, or send the statement itself, which says UNKNOWN."
    return [
        Fault(
            "H765",
            f"line {row.number} ({row.kind}) is not priced, and an invoice cannot say UNKNOWN",
            fix,
        )
        for row in found.unpriced
    ]


def _refused(what: str, fix: str) -> Fault:
    return Fault("H766", what, fix)


def _unsayable(found: Stated, given: Particulars) -> list[Fault]:
    faults = []
    if not found.rows:
        faults.append(
            _refused("an invoice has at least one line, and this statement has none", "Send none.")
        )
    if given.tax.category != OUTSIDE or any(row.kind == "tax" for row in found.rows):
        what = "this version writes invoices outside the scope of VAT only (category O)"
        faults.append(_refused(what, "Have the tax authority's own program write it."))
    step = 10 ** max(0, found.exponent - DECIMALS)
    for row in found.rows:
        if row.amount_minor is not None and row.amount_minor % step:
            shown = amount(row.amount_minor, found.exponent)
            what = f"line {row.number}: an invoice holds two decimals, and {shown} has more"
            faults.append(_refused(what, "Agree on a rounding, or send the statement itself."))
    return faults


def _missing(found: Stated, given: Particulars) -> list[Fault]:
    fix = "Write it in the file of particulars."
    wanted = {
        "'due' or 'terms' (BT-9 or BT-20, when is it to be paid)": (
            found.known_minor > 0 and given.due is None and given.terms is None
        ),
        "'credit.number' (BT-25, the invoice that is credited)": (
            found.known_minor < 0 and given.credit is None
        ),
        "'iban' (BT-84, beside 'bic' or 'account_name')": (
            given.iban is None and (given.bic or given.account_name) is not None
        ),
        "'seller.endpoint_scheme' (BT-34-1)": _half(given.seller),
        "'buyer.endpoint_scheme' (BT-49-1)": _half(given.buyer),
    }
    return [_refused(f"the invoice lacks {name}", fix) for name, lacks in wanted.items() if lacks]


def _half(side: Side) -> bool:
    return side.endpoint is not None and side.endpoint_scheme is None


def _notes(found: Stated, given: Particulars) -> list[str]:
    counted = (
        f"Days counted by '{found.convention}' in {found.zone} (tzdata {found.tzdata}). "
        f"Agreement {found.agreement} {found.version}: {found.standing}. "
        f"Statement SHA-256 {found.digest}."
    )
    days = found.days
    accounted = (
        f"Person-days: {days.all} in all = {days.billed} billed + {days.not_billed} not billed + "
        f"{days.undecided} undecided."
    )
    said = [found.demonstration, given.note or "", counted, accounted]
    said += [f"Open: {words}" for words in found.open]
    return [words for words in [*said, found.review] if words]


def _party(side: Party, given: Side) -> Terms:
    contact = {"name": given.contact, "email": given.email}
    said = {
        "name": given.name or side.name,
        "identifiers": {None: given.identifier or side.identifier},
        "legal_identifier": given.legal_id,
        "country_code": given.country or side.state,
        "addr_l1": given.address.street,
        "addr_l2": given.address.more,
        "city": given.address.city,
        "postcode": given.address.postcode,
        "einvoicing_addr": given.endpoint,
        "einvoicing_addr_schemeid": given.endpoint_scheme,
        "contacts": [{k: v for k, v in contact.items() if v}] if any(contact.values()) else None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _outside(tax: Tax, total: str, nothing: str) -> Terms:
    said: Terms = {"BT-116": total, "BT-117": nothing, "BT-118": OUTSIDE, "BT-120": tax.reason}
    return said | ({"BT-121": tax.code} if tax.code else {})


def _payment(given: Particulars) -> Terms:
    said: Terms = {"BT-9": given.due, "BT-20": given.terms}
    if given.iban is not None:
        said |= {
            "BT-81": CREDIT_TRANSFER,
            "BT-84": given.iban,
            "BT-85": given.account_name,
            "BT-86": given.bic,
        }
    return {name: value for name, value in said.items() if value is not None}


def _credited(given: Particulars) -> Terms:
    if given.credit is None:
        return {}
    of: Terms = {"BT-25": given.credit.number}
    return {"BG-3": [of | ({"BT-26": given.credit.issued} if given.credit.issued else {})]}


def _line(row: Row, found: Stated, sign: int) -> Terms:
    minor = sign * (row.amount_minor or 0)
    said: Terms = {
        "BT-126": str(row.number),
        "BT-127-00": [{"BT-127": row.citation}],
        "BT-131": _sum(minor, found.exponent),
        "BT-134": row.first,
        "BT-135": row.after - timedelta(days=1),
        "BT-151": OUTSIDE,
        "BT-153": words.kind(row.kind),
        "BT-154": row.text,
        "BG-32": [{"BT-160": "Quantity", "BT-161": f"{row.quantity} {row.unit}"}],
    }
    return said | (_product(row, minor, found.exponent) or _lump(minor, found.exponent))


def _product(row: Row, minor: int, exponent: int) -> Terms | None:
    """Quantity, unit and price, where the amount is their product; else None."""
    price = row.price_minor
    if price is None or price < 0 or abs(abs(row.quantity) * price - abs(minor)) >= 1:
        return None
    if not minor and row.quantity * price:
        return None
    base, unit = _base(row)
    whole = abs(row.quantity) * base
    said: Terms = {
        "BT-129": str(-whole if minor < 0 else whole),
        "BT-130": unit,
        "BT-146": amount(price, exponent),
    }
    return said | ({"BT-149": str(base)} if base > 1 else {})


def _base(row: Row) -> tuple[int, str]:
    """Into how many parts the unit is cut so that the quantity is whole, and the unit's code."""
    month = monthrange(row.first.year, row.first.month)[1]
    if row.unit == "person-months" and (row.quantity * month).denominator == 1:
        return month, DAY
    whole = row.quantity.denominator
    return whole, DAY if whole == 1 and row.unit.split(" ")[0].endswith("-days") else ONE


def _lump(minor: int, exponent: int) -> Terms:
    return {
        "BT-129": "-1" if minor < 0 else "1",
        "BT-130": LUMP,
        "BT-146": _sum(abs(minor), exponent),
    }
