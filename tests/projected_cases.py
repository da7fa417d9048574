"""A projection as its report is given it: made-up numbers of the shape, none of a model."""

from dataclasses import replace
from datetime import date, timedelta
from math import exp
from typing import Any, cast

import msgspec

from habeas.law.cited import Text
from habeas.projection.scenario import Scenario
from habeas.service.projected import (
    Band,
    Crossing,
    Daily,
    Driver,
    Flow,
    Kind,
    Lawful,
    Limit,
    Moved,
    Never,
    Paid,
    Reason,
    Seen,
    Share,
    Work,
    Worth,
)

FIRST, DAYS = date(2026, 1, 1), 3652


def both(en: str, es: str = "") -> Text:
    return Text(en, es or f"{en} [es]")


SCENARIO: dict[str, Any] = {
    "format": "habeas-scenario/1", "id": "offer-2025", "version": "1",
    "title": {"en": "The offer of 40,000 places", "es": "La oferta de 40.000 plazas"},
    "about": {"en": "A state offers to hold convicted people of another, citizens among them, for a"
                    " fee. This scenario asks what the whole offer would bring.",
              "es": "Un Estado ofrece recluir a personas condenadas de otro, también nacionales,"
                    " por un precio. Este escenario pregunta qué traería la oferta entera."},
    "first": FIRST, "after": FIRST + timedelta(DAYS), "zone": "America/El_Salvador",
    "currency": "USD", "exponent": 2, "rules": "set_aside",
    "given": {
        "facilities": [{"id": "CECOT", "places": [{"from": FIRST, "places": 40_000}],
                        "source": "CECOT_PRESS", "cells": 256, "cell_cm2": 1_000_000}],
        "deals": [{"id": "us", "sending": "US", "receiving": "SV", "facilities": ["CECOT"],
                   "source": "OFFER", "pathway": "lease", "flights": {"every_days": 7, "most": 600},
                   "pauses": [{"from": date(2027, 7, 1), "until": date(2027, 9, 1)}]}],
        "sums": [{"id": "budget", "title": {"en": "the prison budget of El Salvador",
                                            "es": "el presupuesto penitenciario de El Salvador"},
                  "minor_per_year": 20_000_000_000, "of": "receiving", "source": "BUDGET"}],
    },
    "assumed": {
        "streams": [{"id": "sentenced", "deal": "us", "referrals_a_day":
                     {"source": "assumption", "about": 60, "spread": 0.25},
                     "eligible": {"source": "assumption", "about": 0.5, "like": 40},
                     "stay": {"law": "lognormal", "mean": {"source": "USSC", "low": 900,
                              "high": 1500}, "log_sd": 0.7, "source": "USSC"},
                     "died_a_year": 0.003}],
        "world": {"referrals": {"source": "assumption", "about": 1, "spread": 0.2}},
        "costs": {"sending_marginal_a_day": {"source": "assumption", "low": 15, "high": 60}},
        "work": {"complaints_a_year": {"source": "assumption", "low": 0.5, "high": 2}},
    },
}  # fmt: skip


def scenario(**changed: object) -> Scenario:
    return msgspec.convert(SCENARIO | changed, Scenario)


def band(middle: float, spread: float = 0.25) -> Band:
    far = spread * middle
    return Band(middle - far, middle - far / 2.4, middle, middle + far / 2.4, middle + far, middle)


def people(days: int = DAYS, most: int = 34_000) -> Daily:
    bands = tuple(band(round(most * (1 - exp(-n / 900)))) for n in range(days))
    limits = (
        Limit(both("4 m² a person", "4 m² por persona"), 6_400),
        Limit(both("3 m² a person", "3 m² por persona"), 8_500),
    )
    return Daily("CECOT", both("CECOT", "CECOT"), FIRST, bands, (40_000,) * days, limits)


def moved() -> tuple[Moved, ...]:
    bars = (
        Driver(both("people put forward a day", "personas propuestas al día"), "world",
               19_000, 34_000, 40_000, "40", "91"),
        Driver(both("length of sentence", "duración de la pena"), "world",
               30_000, 34_000, 38_000, "900", "1,500"),
        Driver(both("20,000 places kept", "20.000 plazas reservadas"), "deal",
               34_000, 34_000, 20_000),
    )  # fmt: skip
    day = both("the number held on an average day", "el número de personas en un día medio")
    fees = both("the fees of the whole period", "las tarifas de todo el período")
    times = 7e7
    dear = tuple(replace(one, low=one.low * times, base=one.base * times, high=one.high * times)
                 for one in bars)  # fmt: skip
    return Moved("held", day, "persons", bars), Moved("fees", fees, "minor", dear)


def projection(**changed: object) -> Seen:
    parts: dict[Kind, float] = {"occupied": 20.0, "empty": 6.0, "transport": 1.5, "avoided": 9.0}
    kinds: list[tuple[Kind, float]] = [*parts.items(), ("whole", 27.5)]
    paid = [
        Paid(2026 + n, kind, band(size * (n + 1) * 2e9 / (1 if kind != "empty" else n + 1)))
        for n in range(10)
        for kind, size in kinds
    ]
    found: dict[str, Any] = {
        "scenario": scenario(), "draws": 1000, "seed": 7, "people": (people(),),
        "crossings": (
            Crossing(both("CPT: 4 m² a person", "CPT: 4 m² por persona"), "CECOT", 1000,
                     date(2026, 5, 2), date(2026, 7, 9), date(2026, 11, 30), "CPT/Inf (2015) 44",
                     both("European Committee: standards")),
            Crossing(both("0.6 m² a person", "0,6 m² por persona"), "CECOT", 610, date(2030, 2, 1),
                     date(2033, 1, 5), None, "press"),
            Crossing(both("all places taken", "todas las plazas ocupadas"), "CECOT", 0, None, None,
                     None),
        ),
        "flows": (Flow("us", both("the offer", "la oferta"), {
            name: band(size) for name, size in (
                ("referred", 219_000.0), ("eligible", 110_000.0), ("lawful", 0.0),
                ("received", 98_700.0), ("expired", 9_100.0), ("sentence_end", 61_000.0),
                ("returned", 4_800.0), ("died", 820.0), ("recalled", 0.0), ("closed", 0.0),
                ("waiting", 2_100.0))}),),
        "paid": tuple(paid),
        "totals": {kind: band(size * 1e11) for kind, size in (*parts.items(), ("whole", 27.5))},
        "worths": (Worth(both("Break-even fee a person-day for the receiving state",
                              "Tarifa de equilibrio por día-persona del Estado receptor"),
                         band(4100), "minor"),),
        "lawful": (Lawful("us", both("the offer", "la oferta"), band(219_000), band(0.0),
                          band(196_000), band(23_000), (
            Reason("US-CITIZEN", both("No law lets a citizen be sent abroad to serve a sentence"
                                      " without a treaty and consent.",
                                      "Ninguna ley permite enviar a un nacional al extranjero a"
                                      " cumplir una pena sin tratado y consentimiento."),
                   "18 USC 4100", band(150_000), settled=True),
            Reason("CONSENT", both("Nobody has stated consent.", "Nadie ha dado su consentimiento"),
                   "18 USC 4107", band(23_000), settled=False))),),
        "never": (Never(both("Sending a citizen without consent and without a treaty.",
                             "Enviar a un nacional sin consentimiento y sin tratado."),
                        "18 USC 4100(b)"),
                  Never(both("Going on while a court has ordered a stay.",
                             "Seguir adelante cuando un tribunal ordenó la suspensión."), "")),
        "work": (Work(both("Complaints", "Quejas"), band(31_000), band(62_000)),
                 Work(both("Deaths", "Fallecimientos"), band(91), band(7_300))),
        "moved": moved(),
        "shares": (Share(both("people put forward a day", "personas propuestas al día"), 0.6, 0.7),
                   Share(both("length of sentence", "duración de la pena"), 0.2, 0.31)),
        "stamp": (("scenario SHA-256", "9f" * 32), ("tzdata", "2026a")),
        "sources": {"BUDGET": "Presupuesto General 2025, ramo 2300"},
    }  # fmt: skip
    return Seen(**(found | cast(dict[str, Any], changed)))
