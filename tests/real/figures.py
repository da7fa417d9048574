"""Every figure of docs/validation.md, once: the real tests assert them, and the page states them.

T1, T4 to T8 and T11 are asserted in the rooms that compute them; here they are kept for the page.
"""

FISCAL_YEARS = {
    12: "official 34,260.5; ours 32,924.8; 158 facilities of 5 or more; median difference 3.42 %;"
    " within 1 %: 6.3 %; off by more than 10 %: 13; ours lower: 152",
    13: "official 33,788.5; ours 32,347.9; 151 facilities of 5 or more; median difference 3.47 %;"
    " within 1 %: 7.9 %; off by more than 10 %: 18; ours lower: 145",
    14: "official 33,235.0; ours 31,800.0; 149 facilities of 5 or more; median difference 3.54 %;"
    " within 1 %: 8.7 %; off by more than 10 %: 14; ours lower: 146",
    15: "official 28,449.3; ours 27,250.3; 125 facilities of 5 or more; median difference 4.00 %;"
    " within 1 %: 4.8 %; off by more than 10 %: 7; ours lower: 123",
    16: "official 34,376.1; ours 33,008.8; 135 facilities of 5 or more; median difference 3.50 %;"
    " within 1 %: 8.1 %; off by more than 10 %: 10; ours lower: 134",
    17: "official 38,104.6; ours 36,706.5; 151 facilities of 5 or more; median difference 3.37 %;"
    " within 1 %: 11.3 %; off by more than 10 %: 8; ours lower: 142",
}
FIGURES: dict[str, dict[str, str]] = {
    "T1": {
        "generated intervals": "2,670,573",
        "facility-days": "928,231",
        "person-days": "146,459,240",
        "facility-days that differ": "0",
    },
    "T2": {
        **{f"FY{year}": told for year, told in FISCAL_YEARS.items()},
        "farthest in FY12": "MNROEMI 83.6 official, absent from the series",
        "farthest in FY17": "ELPHOLD 10.4 official, absent from the series;"
        " CONWECA 203.2 official, 167.9 ours",
        "person-days at facilities that the list lacks": "FY12 0, FY13 0, FY14 15, FY15 35,"
        " FY16 171, FY17 105",
        "FY17 by class, listed facilities": "within 1 %: 172; within 10 %: 218;"
        " off by more than 10 %: 44; in the claim alone: 7; in the register alone: 2",
    },
    "T3": {
        "facilities": "207",
        "person-days claimed": "13,894,122",
        "person-days derived": "13,384,417",
        "not explained": "509,705 (3.67 %)",
        "claimed too much, too little": "510,452 and 747: 509,705 is their net, never shown alone",
        "facilities where ours is higher": "10",
        "Adelanto, claimed and derived": "625,414 and 596,338",
    },
    "T4": {
        "totals of the two derivations": "13,813,767 and 13,723,922, 0.65 % apart",
        "equal facility-days, date moved by -1, 0, +1 day": "20.3 %, 26.7 %, 51.8 %",
        "codes in one derivation alone": "120 (15,722 person-days) and 7 (1,873)",
    },
    "T5": {
        "naive reading": "7,673,015 actual days, 8,012,408 billed, $746,440,243.43",
        "right reading": "7,776,158 actual days, 7,992,206 billed, $738,627,090.60",
        "minimum-only bed-days": "216,203",
        "bed-days beyond the last stated tier, not billed": "155",
        "one bed billed twice by overlapping tiers": "365 days, $39,872.60",
    },
    "T6": {
        "any part of a day above midnight, FY23 to FY26": "+4.59 %, +4.01 %, +4.85 %, +5.70 %",
    },
    "T7": {
        "facilities with a listed capacity of 20 or more": "90",
        "facility-days over the listed capacity": "4,872 of 28,992 (16.8 %)",
        "facilities over it at least once": "36",
    },
    "T8": {
        "guaranteed beds": "22,477 at 35 facilities",
        "paid and empty, from yearly averages": "5,391.8 beds, 14 facilities",
        "paid and empty, from daily counts": "2,079,948 bed-days = 5,698.5 beds a day",
        "facility-days below the minimum": "5,798 of 12,775, 31 facilities",
    },
    "T9": {
        "placements over 15 days": "6,822 of 14,264",
        "median and longest, days": "15 and 759",
        "open placements": "155",
        "14 Day reports made after more than 14 days": "2,536 of 7,023",
        "72 Hour reports made after more than 3 days": "1,429 of 5,205",
        "reports made before the placement": "35",
        "earlier file: over 15 days, median": "4,007 of 6,558, 20",
    },
    "T11": {
        "intervals before, and the same by a range join": "90,112: 42,307 facility-days,"
        " 5,184,654 person-days in both",
        "range join against difference table": "70 to 95 times slower, on a prototype",
    },
}
