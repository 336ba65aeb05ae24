"""The files of the SSDA903 return, by their columns, and the codes they may hold."""

import re

from backend.records.codes import LegalStatusCode, PlaceCode

HEADER = "header"
EPISODES = "episodes"
REVIEWS = "reviews"
MISSING = "missing"
UASC = "uasc"

#: The files we read and write, with their columns in order.
LAYOUTS = {
    HEADER: ("CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB"),
    EPISODES: (
        "CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "DEC", "REC",
        "REASON_PLACE_CHANGE", "HOME_POST", "PL_POST", "URN",
    ),
    REVIEWS: ("CHILD", "DOB", "REVIEW", "REVIEW_CODE"),
    MISSING: ("CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"),
    UASC: ("CHILD", "SEX", "DOB", "DUC"),
}  # fmt: skip

#: The files we know and do not use: nothing in the records depends on them yet.
NOT_USED = {
    "previous permanence": ("CHILD", "DOB", "PREV_PERM", "LA_PERM", "DATE_PERM"),
    "outcomes (OC2)": (
        "CHILD", "DOB", "SDQ_SCORE", "SDQ_REASON", "CONVICTED", "HEALTH_CHECK", "IMMUNISATIONS",
        "TEETH_CHECK", "HEALTH_ASSESSMENT", "SUBSTANCE_MISUSE", "INTERVENTION_RECEIVED",
        "INTERVENTION_OFFERED",
    ),
    "care leavers (OC3)": ("CHILD", "DOB", "IN_TOUCH", "ACTIV", "ACCOM"),
    "adoption (AD1)": (
        "CHILD", "DOB", "DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR",
        "LS_ADOPTR",
    ),
    "placed for adoption": (
        "CHILD", "DOB", "DATE_PLACED", "DATE_PLACED_CEASED", "REASON_PLACED_CEASED",
    ),
    "social worker episodes": ("CHILD", "DOB", "SW_ID", "SW_DECOM", "SW_DEC", "SW_REASON"),
    "deprivation of liberty orders": ("CHILD", "DOB", "DOLO_START", "DOLO_END"),
}  # fmt: skip

STARTS_CARE = "S"
LEGAL_ONLY = "L"
#: Why an episode began: S care, L law, P place and carer, T place, B and U law with either.
REASONS_NEW = ("S", "L", "P", "T", "B", "U")
CHANGES_LAW = ("S", "L", "B", "U")
CHANGES_PLACE = ("S", "P", "T", "B", "U")
SAME_CARER = ("T", "U")

LEGAL_STATUSES = tuple(LegalStatusCode.values)
SHORT_BREAKS = ("V3", "V4")
PLACES = tuple(PlaceCode.values)
#: Where the number in the return is that of the home itself; of foster carers and adopters
#: it is an agency's, and elsewhere another inspectorate's.
HOMES = ("H5", "K1", "K2", "K3", "R3", "S1")
NEEDS = tuple(f"N{number}" for number in range(1, 9))
PROVIDERS = tuple(f"PR{number}" for number in range(6))
GOES_ON = "X1"
REASONS_ENDED = (
    "X1", "E11", "E12", "E13", "E14", "E15", "E16", "E17", "E2", "E3", "E4A", "E4B", "E41", "E43",
    "E44", "E45", "E46", "E47", "E48", "E5", "E6", "E7", "E8", "E9",
)  # fmt: skip
REASONS_MOVED = (
    "ALLEG", "APPRR", "CARPL", "CHILD", "CLOSE", "CREQB", "CREQO", "CUSTOD", "LAREQ", "OTHER",
    "PLACE", "STAND",
)  # fmt: skip
PARTICIPATIONS = tuple(f"PN{number}" for number in range(8))
UNDER_FOUR = "PN0"
SEXES = {"M": "M", "F": "F", "U": "U", "1": "M", "2": "F"}
YES_NO = {"1": True, "0": False, "1.0": True, "0.0": False}
ETHNICITIES = (
    "WBRI", "WIRI", "WOTH", "WIRT", "WROM", "MWBC", "MWBA", "MWAS", "MOTH", "AIND", "APKN", "ABAN",
    "AOTH", "BCRB", "BAFR", "BOTH", "CHNE", "OOTH", "REFU", "NOBT",
)  # fmt: skip
MISSING_CODES = {"M": False, "A": True}

UPN = re.compile(r"[A-Z]\d{11}[A-Z0-9]|UN[1-5]")
URN = re.compile(r"SC\d{6}|\d{7}|X{7}")
URN_OF_ANOTHER_INSPECTORATE = "XXXXXXX"
POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}")
LONGEST_CHILD = 10


def reason_new(*, law_changed: bool, same_carer: bool) -> str:
    """Why an episode begins when the place changes within care."""
    if same_carer:
        return "U" if law_changed else "T"
    return "B" if law_changed else "P"


def layout_of(columns: frozenset[str]) -> str | None:
    """Which file of the return has exactly these columns, in any order."""
    return next((name for name, names in LAYOUTS.items() if columns == set(names)), None)


def unused_layout_of(columns: frozenset[str]) -> str | None:
    """Which file that we do not use has exactly these columns."""
    return next((name for name, names in NOT_USED.items() if columns == set(names)), None)


def tidy_postcode(written: str) -> str | None:
    """A postcode as it is kept: capitals, one space; None when it has not the form of one."""
    joined = "".join(written.upper().split())
    return f"{joined[:-3]} {joined[-3:]}" if POSTCODE.fullmatch(joined) else None
