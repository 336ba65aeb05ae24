"""What happens to each child of the invented world, day by day, before anybody does it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from workflows.demo.cast import (
    AUTHORITIES,
    CULTURES,
    FAMILY_NAMES,
    FIRST_NAMES,
    HOMES,
    MAIN,
    PROFILES,
)

SEED = 20180101
YEAR = timedelta(days=365)


@dataclass
class Life:
    """One child: who they are, where they live, and when somebody came."""

    number: int
    name: str
    authority: str
    born_on: date
    gender: str
    profile: int
    culture: int
    place: str = "K2"
    legal_status: str = "C2"
    basis: str = ""
    home: str = ""
    carer: str = ""
    postcode: str = ""
    started_on: date = date.min
    moved_on: date | None = None
    moves_to: str = ""
    worker: str = ""
    iro: str = ""
    team: str = ""
    visits: list[date] = field(default_factory=list)
    attempts: list[date] = field(default_factory=list)
    reviews: list[date] = field(default_factory=list)
    adjourned: date | None = None
    arranged_in: int | None = None
    not_alone_from: int | None = None
    """From this visit on (counted from the end), the child is not seen alone."""
    leaves_care_on: date | None = None
    next_due: str = ""


def lives(today: date) -> list[Life]:
    """Some sixty children with up to two years behind them, the same each time for one day."""
    draw = random.Random(SEED)  # noqa: S311 - the same world each time is what is wanted
    children = [_child(number, today, draw) for number in range(60)]
    for life in children:
        _where(life, today, draw)
        _who(life)
        _special(life, today)
        _came(life, today, draw)
    return children


def _child(number: int, today: date, draw: random.Random) -> Life:
    codes = list(AUTHORITIES)
    authority = MAIN if number < 18 else codes[1 + number % (len(codes) - 1)]
    age = draw.randint(8, 16)
    return Life(
        number=number,
        name=f"{FIRST_NAMES[number]} {FAMILY_NAMES[number * 7 % len(FAMILY_NAMES)]}",
        authority=authority,
        born_on=today - age * YEAR - timedelta(days=draw.randint(10, 340)),
        gender=draw.choice("MF"),
        profile=number % len(PROFILES),
        culture=number % len(CULTURES),
    )


def _where(life: Life, today: date, draw: random.Random) -> None:
    home = HOMES[(0, 1, 2, 0, 2, 3, 1, 4, 2, 0)[life.number % 10]]
    life.home, life.postcode = home.urn, home.postcode
    life.place = "S1" if home.type == "residential_school" else "K2"
    life.legal_status = "V2" if life.number % 4 == 3 else "C2"
    # Of the main authority's children a third have been there for two years.
    stays = (725, 380, 200) if life.authority == MAIN else (190, 130, 80)
    days = stays[life.number % 3] - draw.randint(0, 40)
    life.started_on = today - timedelta(days=days)


def _who(life: Life) -> None:
    if life.authority == MAIN:
        life.team = "west" if life.number % 3 == 2 else "east"
        life.worker = "rosa" if life.team == "west" else ("amara", "tom")[life.number % 2]
        life.iro = ("imran", "grace")[life.number % 2]
    else:
        life.team = life.worker = life.iro = life.authority


def _special(life: Life, today: date) -> None:
    """The lives that are told for contrast."""
    if life.number == 4:  # moved from one home to another
        life.moves_to, life.moved_on = HOMES[3].urn, today - timedelta(days=70)
    elif life.number in (8, 33):  # foster care nearer home
        life.home, life.carer, life.place = "", "Foster carers", "U6"
        life.postcode = AUTHORITIES[life.authority]
    elif life.number == 10:  # short breaks
        life.basis, life.legal_status, life.place = "reg_48", "V4", "K2"
    elif life.number == 12:  # eighteen, and still living there
        life.born_on = today - 18 * YEAR - timedelta(days=120)
        life.leaves_care_on = today - timedelta(days=110)
    elif life.number == 14:  # not looked after: a school place under section 85
        life.basis, life.legal_status = "section_85", ""
        life.home, life.place, life.postcode = HOMES[2].urn, "S1", HOMES[2].postcode
    elif life.number == 6:
        life.not_alone_from = 2


#: How the last weeks of some children stand, so that each list has something in it.
ENDINGS = {
    0: 42,  # due today
    1: 43,  # slipped yesterday
    2: 45,
    3: 39,
    5: 36,
    6: 20,
    7: 61,  # nearly three weeks late
    9: 41,
    11: 30,
    13: 47,
    15: 42,
    16: 12,
    17: 5,
}


def _came(life: Life, today: date, draw: random.Random) -> None:
    if life.basis == "reg_48":
        life.started_on = today - timedelta(days=12)
        life.reviews = []
        return
    starts = [life.started_on, *([life.moved_on] if life.moved_on else [])]
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else today
        life.visits += list(_visits(life, start, end, draw, is_last=number + 1 == len(starts)))
    if life.number % 9 == 5 and len(life.visits) > 2:
        life.attempts = [life.visits[-2] - timedelta(days=3)]
    if life.number % 7 == 3:
        life.arranged_in = 2 + life.number % 5
    if life.basis != "section_85":
        life.reviews = list(_reviews(life, today, draw))
        if life.number == 5 and life.reviews:
            life.adjourned = life.reviews[-1]


def _visits(
    life: Life, start: date, end: date, draw: random.Random, *, is_last: bool
) -> Iterator[date]:
    gap_to_today = ENDINGS.get(life.number, draw.choice((3, 9, 15, 22, 28, 33, 38, 50)))
    last = end - timedelta(days=gap_to_today if is_last else 8)
    day = start + timedelta(days=draw.choice((2, 4, 5, 6, 7, 7, 9)))
    step = (70, 88) if life.basis == "section_85" else (30, 42)
    while day < last - timedelta(days=step[0] // 2):
        yield day
        slipped = draw.random() < 0.12
        day += timedelta(days=draw.randint(*step) + (draw.randint(3, 12) if slipped else 0))
    if last > start:
        yield last


def _reviews(life: Life, today: date, draw: random.Random) -> Iterator[date]:
    day = life.started_on + timedelta(days=draw.choice((24, 26, 27, 27, 33)))
    for gap in (88, 178, 180, 176, 181):
        if day >= today - timedelta(days=2):
            return
        if life.leaves_care_on is None or day < life.leaves_care_on:
            yield _weekday(day)
        slipped = draw.random() < 0.1
        day += timedelta(days=gap + (11 if slipped else -draw.randint(0, 12)))


def _weekday(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - 4))
