"""What each published count is called, in English and Spanish, and what it counts.

The Spanish is an unreviewed translation.
"""

from typing import NamedTuple


class Word(NamedTuple):
    """A name in two languages, and a definition."""

    title: str
    spanish: str
    definition: str = ""


MEASURES = {
    "stock_at_start": Word(
        "Stock at the start", "Población al comienzo",
        "persons held immediately before the month's first midnight, absences included",
    ),
    "opened": Word(
        "Custody opened", "Custodia abierta",
        "receptions that open custody under the agreement",
    ),
    "from_other_state": Word(
        "From the other state", "Del otro Estado",
        "handed over by the other state: transfers to the receiving, returns to the sending state",
    ),
    "recaptured": Word("Recaptured", "Recapturas", "receptions after an escape"),
    "moved_in": Word(
        "Moved in", "Traslados internos: entradas", "from another facility of the same state"
    ),
    "released": Word("Released", "Liberaciones", "releases"),
    "died": Word("Died", "Fallecimientos", "deaths in custody"),
    "escaped": Word("Escaped", "Fugas", "escapes"),
    "to_other_state": Word(
        "To the other state", "Al otro Estado",
        "handed over to the other state: transfers by the sending, returns by the receiving state",
    ),
    "not_told": Word(
        "Ended otherwise", "Fin de otro modo",
        "custody that ended at the very instant of another act, which no interval tells apart",
    ),
    "moved_out": Word(
        "Moved out", "Traslados internos: salidas", "to another facility of the same state"
    ),
    "stock_at_end": Word(
        "Stock at the end", "Población al final",
        "persons held immediately before the next month's first midnight, absences included",
    ),
    "past_date": Word(
        "Held past the date", "Retenidos tras la fecha",
        "of the stock at the end: held past the earliest confirmed date of either sentence clock",
    ),
    "not_past_date": Word(
        "Not held past the date", "No retenidos tras la fecha",
        "of the stock at the end: before that date, or no date is established",
    ),
    "person_days": Word(
        "Person-days", "Personas-día",
        "sum over the month's days of the persons held immediately before each 24:00",
    ),
    "average_daily_population": Word(
        "Average daily population", "Población media diaria", "person-days divided by days"
    ),
    "under_31_days": Word("Under 31 days", "Menos de 31 días"),
    "31_to_182_days": Word("31 to 182 days", "De 31 a 182 días"),
    "183_to_365_days": Word("183 to 365 days", "De 183 a 365 días"),
    "366_to_1095_days": Word("366 to 1,095 days", "De 366 a 1.095 días"),
    "1096_days_or_more": Word("1,096 days or more", "1.096 días o más"),
    "duties_due": Word(
        "Duties that fell due", "Deberes vencidos",
        "duties whose last second lies in the month, whoever they are owed to; inquiries apart",
    ),
    "duties_met_in_time": Word("Duties met in time", "Deberes cumplidos a tiempo", "of these"),
    "duties_met_late": Word(
        "Duties met late", "Deberes cumplidos tarde", "of these, before the month was over"
    ),
    "duties_not_met": Word(
        "Duties not met", "Deberes no cumplidos", "of these, when the month was over"
    ),
    "inquiries_received": Word(
        "Inquiries received", "Consultas recibidas",
        "inquiries made in the month, whatever the answer",
    ),
    "inquiries_due": Word(
        "Answers that fell due", "Respuestas vencidas",
        "inquiries whose last second for an answer lies in the month",
    ),
    "inquiries_answered_in_time": Word(
        "Inquiries answered in time", "Consultas contestadas a tiempo", "of these"
    ),
    "inquiries_answered_late": Word(
        "Inquiries answered late", "Consultas contestadas tarde",
        "of these, before the month was over",
    ),
    "inquiries_unanswered": Word(
        "Inquiries without an answer", "Consultas sin respuesta",
        "of these, when the month was over",
    ),
    "visits_made": Word("Visits made", "Visitas realizadas", "visits to a person, as recorded"),
    "visits_blocked": Word(
        "Visits blocked", "Visitas impedidas", "visits that somebody prevented, as recorded"
    ),
    "amount_due": Word(
        "Amount due", "Importe adeudado",
        "for the month, by the agreement's schedule, of the person-days in the register; without"
        " what no register holds",
    ),
    "floor_area": Word(
        "Floor area", "Superficie", "of all cells, as certified; gross where no net area is"
    ),
    "area_per_person": Word(
        "Floor area a person", "Superficie por persona",
        "floor area divided by the stock at the end, absences included",
    ),
}  # fmt: skip
STAY = (
    "custody periods under one state that ended in the month, by their civil days; a period that"
    " an escape breaks is two"
)
COLUMNS = {
    "month": Word("Month", "Mes"),
    "custodian": Word("Custodian", "Custodio", "sending, receiving, or both states"),
    "facility": Word("Facility", "Establecimiento", "all, or a facility's id"),
    "measure": Word("Measure", "Medida"),
    "length": Word("Length of stay", "Duración de la estancia"),
    "count": Word("Count", "Número"),
    "person_days": MEASURES["person_days"],
    "days": Word("Days", "Días"),
    "average_daily_population": MEASURES["average_daily_population"],
    "note": Word("Note", "Nota", "why there is no number"),
    "state": Word(
        "State",
        "Estado",
        "that owes it, or held the person: sending, receiving, neither ever, or all of these",
    ),
    "currency": Word("Currency", "Moneda", "by ISO 4217; empty: no fee is owed"),
    "exponent": Word("Decimals", "Decimales", "of the currency's minor unit"),
    "amount_minor": Word("Amount in minor units", "Importe en unidades menores"),
    "amount": Word("Amount", "Importe"),
    "standing": Word("Standing", "Situación", "final, or provisional"),
    "value": Word("Value", "Valor"),
    "unit": Word("Unit", "Unidad"),
    "finding": Word(
        "Finding",
        "Conclusión",
        "below: some cell is, however the persons are shared out; else not established",
    ),
    "definition": Word("Definition", "Definición"),
    "agreement": Word("Agreement", "Acuerdo"),
    "issue": Word("Issue", "Edición", "number of the issue of this month, from 1"),
    "zone": Word("Time zone", "Zona horaria"),
    "register_origin": Word("Register", "Registro", "name of the log"),
    "register_size": Word("Register size", "Tamaño del registro", "leaves of the checkpoint"),
    "register_root": Word("Register root", "Raíz del registro", "root hash of the checkpoint"),
    "habeas": Word("Version", "Versión", "version of habeas"),
    "mark": Word("Mark", "Marca", "says where the persons are synthetic"),
    "review": Word("Review", "Revisión"),
}
TABLES = {
    "stock-and-flow": Word("Stock and flow", "Población y movimientos"),
    "average-daily-population": Word("Average daily population", "Población media diaria"),
    "length-of-stay": Word("Length of stay", "Duración de la estancia"),
    "duties": Word("Duties, inquiries and visits", "Deberes, consultas y visitas"),
    "fees": Word("Fees", "Tarifas"),
    "space": Word("Places and floor area", "Plazas y superficie"),
}
