"""The price texts of custody contracts, as lists of facilities print them, to fee items.

A text is read whole or not at all: what is left over makes it unreadable, never a guess. Bands are
kept as they are written, also where they overlap; `law.tariff` then refuses them, and `disjoint`
is the declared choice of whoever reads on. Seen in the 2015 list of an immigration authority:

    $63.00                                                     flat
    320 (GM); $119.95 (1-320), $94.95 (321-400)                bands with a guaranteed minimum
    374 (GM for FLO and FSF combined); $222.05 (1-374), ...    a minimum that two facilities share
    $150.00 for UAC, $70.00 for Adult                          by category of person
    $1,900,620 (flat fee); + $7.21 per diem                    a sum, its time not said, and a unit
    B4                                                         withheld
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import structs

from habeas.errors import Fault, FeeError
from habeas.law.cited import Cite, Text
from habeas.law.schedule import (
    Band,
    BandedPerDiem,
    CategoryRate,
    FeeItem,
    Lump,
    PerDiemByCategory,
    Withheld,
)

MONEY = r"\$\s*([0-9]{1,3}(?:,[0-9]{3}){1,3}|[0-9]{1,12})(\.[0-9]{1,2})?"
NUMBER = r"([0-9]{1,3}(?:,[0-9]{3}){1,2}|[0-9]{1,9})"
_FLAT = re.compile(MONEY.replace(r"\$", r"\$?"))  # a spreadsheet keeps the number alone
_GUARANTEE = re.compile(rf"{NUMBER} \(GM(?: for ([A-Z0-9]+(?: and [A-Z0-9]+)+) combined)?\); ?")
_BAND = re.compile(rf"{MONEY} \({NUMBER}(?: ?- ?{NUMBER}|(\+))\)(?:, ?(?=\$)|$)")
_FEE_PLUS = re.compile(rf"{MONEY} \(flat fee\); ?\+ ?{MONEY} per diem")
_CATEGORY = re.compile(rf"{MONEY} (?:for )?((?!for\b)[A-Za-z]+)(?:,? ?(?=\$)|$)")
_WITHHELD = re.compile(r"B[0-9]|[bB]\([0-9]\)(?:\([A-F]\))?|REDACTED|Redacted|WITHHELD|Withheld")
TWO = 2  # a word after one price alone, such as 'daily' or 'million', is no category of person
CENTS = 2  # decimals of the dollar, in which every text of these lists is written
_SPACES = re.compile(r"\s+")
DASHES = str.maketrans({"\N{EN DASH}": "-", "\N{EM DASH}": "-", "\N{NO-BREAK SPACE}": " "})


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose prices are read, and what stands on every item that comes of it."""

    facility: str
    cite: tuple[Cite, ...]

    def items(self, text: str) -> tuple[FeeItem, ...]:
        """The fee items of a price text.

        Raises:
            FeeError: H709 for a text that is none of the known forms.
        """
        said = _SPACES.sub(" ", text.translate(DASHES)).strip()
        for form in (self._withheld, self._flat, self._fee_plus, self._banded, self._categories):
            found = form(said, Text(text, text))
            if found:
                return found
        what = f"the price text '{text[:80]}' of {self.facility or 'a facility'} cannot be read"
        raise FeeError(Fault("H709", what, "Write it as one of the forms that are known."))

    def _minor(self, whole: str, part: str | None) -> int:
        return int(whole.replace(",", "") + (part or ".")[1:].ljust(CENTS, "0"))

    def _withheld(self, said: str, text: Text) -> tuple[FeeItem, ...]:
        if not _WITHHELD.fullmatch(said):
            return ()
        item = Withheld(
            id="rate",
            text=text,
            by="not stated",
            under=said,
            cite=self.cite,
            facilities=(self.facility,),
        )
        return (item,)

    def _flat(self, said: str, text: Text) -> tuple[FeeItem, ...]:
        found = _FLAT.fullmatch(said)
        if not found:
            return ()
        return (self._bands((self._band(1, None, self._minor(*found.groups())),), text),)

    def _fee_plus(self, said: str, text: Text) -> tuple[FeeItem, ...]:
        found = _FEE_PLUS.fullmatch(said)
        if not found:
            return ()
        fee, unit = found.groups()[:2], found.groups()[2:]
        lump = Lump(id="fee", text=text, minor=self._minor(*fee), per="not_stated", cite=self.cite)
        return (lump, self._bands((self._band(1, None, self._minor(*unit)),), text))

    def _banded(self, said: str, text: Text) -> tuple[FeeItem, ...]:
        least, shared = None, (self.facility,)
        guaranteed = _GUARANTEE.match(said)
        if guaranteed:
            least = int(guaranteed[1].replace(",", ""))
            shared = tuple(guaranteed[2].split(" and ")) if guaranteed[2] else shared
            said = said[guaranteed.end() :]
        bands = list[Band]()
        while found := _BAND.match(said):
            whole, part, first, last, _ = found.groups()
            end = int(last.replace(",", "")) if last else None
            bands.append(self._band(int(first.replace(",", "")), end, self._minor(whole, part)))
            said = said[found.end() :]
        if said or not bands:
            return ()
        item = self._bands(tuple(bands), text)
        return (structs.replace(item, guaranteed_persons=least, facilities=shared),)

    def _categories(self, said: str, text: Text) -> tuple[FeeItem, ...]:
        rates = list[CategoryRate]()
        while found := _CATEGORY.match(said):
            price = self._minor(found[1], found[2])
            rates.append(CategoryRate(category=found[3], minor_per_person_day=price))
            said = said[found.end() :]
        if said or len(rates) < TWO:
            return ()
        scope = (self.facility,)
        item = PerDiemByCategory(
            id="rates", text=text, rates=tuple(rates), cite=self.cite, facilities=scope
        )
        return (item,)

    def _band(self, first: int, last: int | None, price: int) -> Band:
        return Band(from_person=first, to_person=last, minor_per_person_day=price, cite=self.cite)

    def _bands(self, bands: tuple[Band, ...], text: Text) -> BandedPerDiem:
        return BandedPerDiem(
            id="rate",
            text=text,
            bands=bands,
            basis="day",
            cite=self.cite,
            facilities=(self.facility,),
        )


def disjoint(item: BandedPerDiem) -> BandedPerDiem:
    """The same with each band begun after the one before it ends: no person is priced twice.

    What a band loses so is not in the text: a statement that uses it says that it was declared.
    """
    found, start = list[Band](), 1
    for band in item.bands:
        found.append(structs.replace(band, from_person=max(band.from_person, start)))
        start = (band.to_person or 0) + 1
    return structs.replace(item, bands=tuple(found))


def shared(items: Sequence[BandedPerDiem]) -> list[BandedPerDiem]:
    """Items of one scope of facilities only once, in order: a shared minimum is applied once.

    Raises:
        FeeError: H708, when two texts of one scope differ, or scopes overlap.
    """
    found: dict[tuple[str, ...], BandedPerDiem] = {}
    owner: dict[str, tuple[str, ...]] = {}
    for item in items:
        scope = tuple(sorted(item.facilities))
        for name in scope:
            if owner.setdefault(name, scope) != scope:
                both = " and ".join("+".join(one) for one in (owner[name], scope))
                what = f"{name} stands under two scopes, {both}"
                raise FeeError(Fault("H708", what, "Give each facility one price text."))
        known = found.setdefault(scope, item)
        if known.bands != item.bands or known.guaranteed_persons != item.guaranteed_persons:
            what = f"{', '.join(scope)} share a minimum under two different price texts"
            raise FeeError(Fault("H708", what, "Give both the same text."))
    return list(found.values())
