"""How kinds of lines and counting conventions are said to people."""

KINDS = {
    "occupied": "Persons held",
    "paid_for_empty": "Paid for empty places",
    "take_or_pay": "Sum a year, whatever the use",
    "annual_lump": "Sum a year",
    "flat": "Flat sum for a band of places",
    "blocks": "Blocks of extra places",
    "place_days": "Places at disposal, by the day",
    "per_unit": "Things done, each at its price",
    "advance_grant": "Paid ahead",
    "not_priced": "Not priced by the agreement",
    "excluded": "Set apart, not billed",
    "credit": "Credit",
    "deduction": "Deduction",
    "transport": "Transport",
    "medical": "Medical care",
    "milestone": "Milestone",
    "lump": "Lump sum",
    "fx_difference": "Difference of exchange",
    "rounding": "Rounding",
    "tax": "Tax",
}
CONVENTIONS = {
    "midnight": "a person counts for each day at whose end, 24:00, they are held",
    "calendar": "a person counts for each day on which they are held at any time",
    "min1": "as 'midnight', and a stay within one day counts once",
    "block24": "each 24 hours begun count as one",
    "hours": "seconds held, by the price of 86,400 seconds",
}


def kind(code: str) -> str:
    """A kind of line in words; one that this version does not know, as it is written."""
    return KINDS.get(code, code.replace("_", " "))
