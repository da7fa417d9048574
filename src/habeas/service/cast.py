"""The demonstration's synthetic dockets: what each column may hold, and how often.

No row is a person. The shares are invented so that every way of a case occurs; they are no
estimate of anything.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pyarrow as pa

from habeas.docket.columns import Column
from habeas.docket.derive import TABLE
from habeas.docket.snapshot import INSTANT
from habeas.docket.synth import Draw, Shares, spread
from habeas.docket.synth_bulk import Options, batches, kind
from habeas.law.library import Library
from habeas.service.intake import bounds, columns

YES, NO, OPEN = [(1, "true")], [(1, "false")], [(1, "")]


def _share(true: int, false: int, unknown: int) -> list[tuple[int, str]]:
    return [(true, "true"), (false, "false"), (unknown, "")]


_MOSTLY, _HARDLY = _share(985, 5, 10), _share(5, 985, 10)
_COMMON: dict[str, list[tuple[int, str]]] = {
    "identity_confirmed": _MOSTLY,
    "convicted": _MOSTLY,
    "judgment_final": _MOSTLY,
    "appeal_pending": _share(40, 945, 15),
    "collateral_attack_pending": _HARDLY,
    "other_charges_pending": _share(20, 970, 10),
    "stay_in_force": _HARDLY,
    "sentence_type": [(97, "determinate"), (2, "indeterminate"), (1, "life")],
    "commitment_order_valid": _MOSTLY,
    "protection_from_receiving": _share(15, 975, 10),
    "torture_risk_assessed": _share(955, 15, 30),
    "torture_risk_substantial": _share(10, 980, 10),
    "written_notice_in_language": _MOSTLY,
    "consular_info_given": _MOSTLY,
    "fit_to_travel": _share(970, 20, 10),
    "severe_mental_illness": _share(15, 975, 10),
    "needs_care_outside_prison": _share(15, 975, 10),
    "sending_agrees": _MOSTLY,
    "receiving_agrees": _share(960, 25, 15),
    "offence_category": [(96, "ordinary"), (1, "terrorism"), (1, "political"), (2, "immigration")],
    "age_years": spread(19, 66),
}

US_SV: Shares = _COMMON | {
    "pathway": [(1, "lease"), (1, "removal")],
    "agreement": [(1, "US-SV-2025")],
    "sending": [(1, "US")],
    "receiving": [(1, "SV")],
    "is_sending_national": _share(150, 800, 50),
    "citizenship_claim_unresolved": _share(30, 900, 70),
    "is_receiving_national": _share(120, 860, 20),
    "sex": [(96, "male"), (4, "female")],
    "convicted": _share(380, 520, 100),
    "judgment_final": _share(340, 460, 200),
    "months_remaining": [(1, ""), *spread(0, 240, 12)],
    "commitment_order_valid": _share(300, 300, 400),
    "torture_risk_assessed": _share(50, 450, 500),
    "torture_risk_substantial": [(9, ""), (1, "true")],
    "written_notice_in_language": _share(200, 500, 300),
    "consular_info_given": _share(300, 300, 400),
    "fit_to_travel": _share(400, 10, 590),
    "treaty_in_force": NO,
    "enabling_statute": OPEN,
    "removal_order_final": _share(450, 250, 300),
    "imprisonment_completed": _share(300, 400, 300),
    "early_removal_determination": _share(20, 480, 500),
    "destination_lawful": _share(100, 300, 600),
    "host_detention_basis": [(9, ""), (1, "false")],
    "planned_m2": [(1, "1.77")],
}

OAS: Shares = _COMMON | {
    "pathway": [(1, "treaty_transfer")],
    "agreement": [(1, "OAS-A57")],
    "sending": [(1, "US")],
    "receiving": [(1, "SV")],
    "is_sending_national": _share(25, 965, 10),
    "citizenship_claim_unresolved": _share(10, 980, 10),
    "is_receiving_national": _share(940, 40, 20),
    "sex": [(94, "male"), (6, "female")],
    "months_remaining": spread(2, 180, 3),
    "sentence_enforceable_in_receiving": _share(965, 15, 20),
    "dual_criminality": _share(965, 20, 15),
    "state_prisoner": _share(250, 745, 5),
    "state_consents": _share(600, 150, 250),
    "consent_given": _share(520, 350, 130),
    "competent_to_consent": _share(985, 5, 10),
    "consent_verified_by_judge": _share(900, 20, 80),
    "consent_conditions_explained": _MOSTLY,
    "consent_voluntary": _MOSTLY,
    "consent_recorded": _MOSTLY,
    "counsel_available": _MOSTLY,
    "treaty_in_force": YES,
    "citizen_transfer_authority": OPEN,
    "planned_m2": [(6, "4.2"), (3, "5.0"), (1, "3.6")],
}

SE_EE: Shares = _COMMON | {
    "pathway": [(1, "lease")],
    "agreement": [(1, "SE-EE")],
    "sending": [(1, "SE")],
    "receiving": [(1, "EE")],
    "is_sending_national": _share(700, 295, 5),
    "is_receiving_national": _share(20, 970, 10),
    "sex": [(95, "male"), (5, "female")],
    "months_remaining": spread(9, 84),
    "organised_crime_link": _share(60, 910, 30),
    "security_mismatch": _share(80, 900, 20),
    "treaty_in_force": YES,
    "enabling_statute": YES,
    "planned_m2": [(1, "5.0"), (1, "8.0")],
}

DATED_BY_COURT = ("appeal_pending", "collateral_attack_pending", "stay_in_force")
DATED_BY_OTHERS = (
    "identity_confirmed",
    "protection_from_receiving",
    "fit_to_travel",
    "severe_mental_illness",
    "needs_care_outside_prison",
)

STORIES: dict[str, Shares] = {"US-SV-2025": US_SV, "OAS-A57": OAS, "SE-EE": SE_EE}
AREAS = [(1, f"{quarters / 4:.2f}") for quarters in range(24, 161)]
MORNING, STEP, UNDATED = time(8, tzinfo=UTC), 7, 60  # minutes between instants; one in 60


def _days(day: date, first: int, last: int, unknown: int) -> list[tuple[int, str]]:
    known = [(1, str(day + timedelta(days=number))) for number in range(first, last + 1)]
    return [*known, (unknown, "")]


def _behind(day: date) -> Shares:
    return {
        "birth_date": _days(day, -24_000, -6_700, 150),
        "planned_transfer_on": _days(day, 14, 120, 1),
        "release_date": _days(day, -20, 3_600, 30),
        "request_received_on": _days(day, -90, -1, 1),
        "cell_area_m2": [*AREAS, (2, "")],
        "cell_occupants": [*spread(1, 8), (1, "")],
    }


def _any(column: Column) -> list[tuple[int, str]]:
    if column.type == "bool":
        return _share(485, 485, 30)
    if column.type == "code":
        return [*((20, code) for code in column.codes or ()), (1, "")]
    return [*spread(column.least or 0, column.most or 0), (1, "")]


def _keys(library: Library, agreement: str) -> Shares:
    terms = bounds(library.agreement(agreement))
    sending = min(terms.sending)
    return {
        "agreement": [(1, agreement)],
        "sending": [(1, sending)],
        "receiving": [(1, code) for code in sorted(terms.receiving - {sending})],
        "pathway": [(1, way) for way in sorted(terms.pathways)],
    }


def _checked(day: date, hours: int) -> list[tuple[int, str]]:
    # Most evidence is fresh; a part of it has lapsed, and some bears no date.
    noon = datetime.combine(day, MORNING)
    minutes = range(0, 60 * hours * 21 // 20, max(STEP, hours // 24))
    known = [(1, (noon - timedelta(minutes=number)).isoformat()) for number in minutes]
    return [*known, (1 + len(known) // UNDATED, "")]


def synthetic(
    library: Library, agreement: str, count: int, draw: Draw, day: date
) -> Iterator[pa.RecordBatch]:
    """A synthetic docket in natural units: what the agreement's rules ask, or what it follows from.

    Args:
        library: facts and agreements.
        agreement: the agreement of every row.
        count: number of rows.
        draw: the source of chance.
        day: around which evidence and dates lie.

    Raises:
        LawError: H215 for an unknown agreement.
    """
    keys, known = _keys(library, agreement), columns(library.vocabulary)
    told = {**_COMMON, **_behind(day), **keys, **STORIES.get(agreement, {})}
    behind = {one.fact: one.sources for one in TABLE}
    shares: dict[str, Options] = {}
    for fact in [*keys, *sorted(library.program(agreement, day).facts - keys.keys())]:
        for name in behind.get(fact, (fact,)):
            column = known[name]
            shares[name] = Options(kind(column), told.get(name) or _any(column))
            if column.valid_for_hours is not None:
                shares[f"{name}__at"] = Options(INSTANT, _checked(day, column.valid_for_hours))
    return batches(shares, count, draw, f"{agreement}-SYN")
