"""Loads a return into the records in batches of children, all or nothing for each child."""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import (
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)

from backend.access.grants import derive_for_children, derive_for_settings
from backend.deadlines.recalculate import recalculate
from backend.events.models import Event
from backend.events.record import compose, record_all
from backend.exchange import layouts
from backend.exchange.compare import (
    LABELS,
    SHOWN,
    SPELLS,
    Change,
    ChildLoad,
    ChildRefused,
    Standing,
    Told,
    as_said,
    compare,
    merge,
    words_for,
)
from backend.exchange.loaders import ReviewRow, load_reviews, takes_reviews
from backend.exchange.models import Said
from backend.exchange.problems import Problems, Rule
from backend.exchange.reading import ChildRows, Return, Where
from backend.exchange.spells import Find, Kind, Spell, life_of
from backend.exchange.writes import write_children, write_said, write_spells
from backend.grammar.moments import day_of
from backend.records.codes import SettingType
from backend.records.geography import Spot, locate, tidy
from backend.records.models import (
    Authority,
    Child,
    LegalStatus,
    MissingEpisode,
    PeriodOfCare,
    Placement,
    Setting,
)

log = logging.getLogger(__name__)

BATCH = 200
SETTING_TYPES = {
    "H5": SettingType.SUPPORTED,
    "K1": SettingType.SECURE_HOME,
    "K2": SettingType.CHILDRENS_HOME,
    "K3": SettingType.SUPPORTED,
    "R3": SettingType.OTHER,
    "S1": SettingType.RESIDENTIAL_SCHOOL,
}


class UnableToLoadReturn(Exception):
    """The load cannot start; the message is for the person who asked."""


class SentReturn:
    """The return itself as an actor: it changes records, in the name of who sent it."""

    pk: int | None = None
    name: str = "the SSDA903 return"


THE_RETURN = SentReturn()


@dataclass
class Loaded:
    """What a load did, counted; ``problems`` says what it could not use."""

    problems: Problems
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def changes(self) -> int:
        return sum(self.counts[name] for name in ("added", "changed", "ended", "withdrawn"))


@dataclass(frozen=True)
class Load:
    """What stays the same through one load."""

    told: Return
    authority: Authority
    as_of: date
    at: datetime
    spots: Mapping[str, Spot]
    authorities: frozenset[str]
    is_dry_run: bool


def load_return(
    *,
    told: Return,
    authority: Authority,
    as_of: date,
    at: datetime,
    problems: Problems,
    is_dry_run: bool = False,
    advance: Callable[[int], None] = lambda children: None,
) -> Loaded:
    """This will make the records of an authority's children say what its return says, count
    their deadlines again and leave an event for each change. Loading it twice changes nothing.

    Nobody is told one by one. With ``is_dry_run`` everything is tried and nothing is kept.

    :raises UnableToLoadReturn: another load for this authority is under way.
    """
    loaded = Loaded(problems)
    with _alone(authority):
        load = Load(
            told=told,
            authority=authority,
            as_of=as_of,
            at=at,
            spots=locate(_postcodes(told)),
            authorities=frozenset(Authority.objects.values_list("pk", flat=True)),
            is_dry_run=is_dry_run,
        )
        _report_absent_loader(told, problems)
        names = sorted(told.children)
        for start in range(0, len(names), BATCH):
            batch = [told.children[name] for name in names[start : start + BATCH]]
            _load_batch(load, batch, loaded)
            advance(len(batch))
        _report_absent(load, loaded)
    return loaded


@contextmanager
def _alone(authority: Authority) -> Iterator[None]:
    """One load of an authority's return at a time."""
    name = f"load a return of {authority.pk}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [name])
        (is_ours,) = cursor.fetchone()
    if not is_ours:
        raise UnableToLoadReturn(
            f"A return of {authority.name} is being loaded already. Wait until it is done."
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [name])


def _postcodes(told: Return) -> set[str]:
    urns = {episode.urn for rows in told.children.values() for episode in rows.episodes}
    known = Setting.objects.filter(urn__in=urns - {""}).values_list("postcode", flat=True)
    return {
        code
        for rows in told.children.values()
        for episode in rows.episodes
        for code in (episode.postcode, episode.home_postcode)
        if code
    } | set(known)


def _report_absent_loader(told: Return, problems: Problems) -> None:
    count = sum(len(rows.reviews) for rows in told.children.values())
    if count and not takes_reviews():
        words = f"{count} reviews were read, and no room takes them in."
        problems.add(Rule.REVIEWS_UNREAD, words, told.files[layouts.REVIEWS][0], 1)


def _report_absent(load: Load, loaded: Loaded) -> None:
    """Children in care whom the return does not have: reported, never ended."""
    if not load.told.has(layouts.EPISODES):
        return
    there = [name for name, rows in load.told.children.items() if rows.episodes or rows.is_partial]
    absent = (
        PeriodOfCare.objects.filter(child__authority=load.authority, ended_on__isnull=True)
        .exclude(child__local_id__in=there)
        .order_by("child__local_id")
        .values_list("child__local_id", flat=True)
    )
    for name in absent:
        words = "The child is in care in the records and has no episode here: nothing was ended."
        loaded.problems.add(Rule.NOT_THERE, words, child=name)


def _load_batch(load: Load, batch: Sequence[ChildRows], loaded: Loaded) -> None:
    """A batch at once; when something fails, each child of it alone."""
    try:
        _attempt(load, batch, loaded)
    except (OperationalError, ProgrammingError, InterfaceError):
        # Not about these children: the database itself.
        raise
    except Exception as error:
        if len(batch) > 1:
            log.info("a batch is loaded child by child: %s", error)
            for rows in batch:
                _load_batch(load, [rows], loaded)
            return
        log.debug("child not loaded", exc_info=True)
        _refuse(batch[0], Rule.FAILED, _in_words(error), loaded)


def _in_words(error: Exception) -> str:
    first = str(error).strip().split("\n", 1)[0]
    return f"The records do not take it: {first}"


def _refuse(rows: ChildRows, rule: Rule, words: str, loaded: Loaded) -> None:
    where = next(iter(rows.wheres()), Where("", 0))
    loaded.problems.add(rule, words, where.file, where.line, rows.local_id)
    loaded.counts["children not loaded"] += 1


def _attempt(load: Load, batch: Sequence[ChildRows], loaded: Loaded) -> None:
    attempt = Loaded(Problems())
    with transaction.atomic():
        children = _children(load, batch, attempt)
        settings = _settings(load, children, attempt)
        children = _compare(children, settings, attempt)
        _write(load, children, attempt)
        if load.is_dry_run:
            transaction.set_rollback(True)
    loaded.problems.take(attempt.problems.found)
    loaded.counts.update(attempt.counts)


def _children(load: Load, batch: Sequence[ChildRows], attempt: Loaded) -> list[ChildLoad]:
    """The children of a batch: those on the register, locked, and those who are new."""
    names = [rows.local_id for rows in batch]
    known = {
        child.local_id: child
        for child in Child.objects.select_for_update(of=("self",))
        .filter(authority=load.authority, local_id__in=names)
        .order_by("pk")
    }
    found, new = [], []
    for rows in batch:
        if not rows.wheres():
            continue
        child = known.get(rows.local_id)
        if child is None and rows.header is None:
            _report_headless(load, rows, attempt)
            continue
        born = rows.header.date_of_birth if rows.header else child.date_of_birth  # type: ignore[union-attr]
        find = partial(_find, attempt, rows.local_id)
        life = life_of(rows.episodes, _born_then(rows.missing, born, find), born, find)
        if load.told.has(layouts.EPISODES) and rows.header is not None and not life.care:
            find(
                Rule.NO_EPISODE, "The child is on the register, placed nowhere.", rows.header.where
            )
        if child is None:
            child = Child(
                authority=load.authority,
                local_id=rows.local_id,
                name=f"Child {rows.local_id}",
                date_of_birth=born,
                followed_from=day_of(load.at),
            )
            new.append(child)
        found.append(ChildLoad(rows, child, child.pk is None, life, find))
    _put_facts_on(load, found)
    Child.objects.bulk_create(new)
    return found


def _find(attempt: Loaded, child: str, rule: Rule, words: str, where: Where) -> None:
    attempt.problems.add(rule, words, where.file, where.line, child)


def _report_headless(load: Load, rows: ChildRows, attempt: Loaded) -> None:
    words = "The child is not on the register, and no usable header row says when they were born."
    for where in rows.wheres():
        attempt.problems.add(Rule.NO_HEADER, words, where.file, where.line, rows.local_id)
    attempt.counts["children not loaded"] += 1


def _born_then(rows: Sequence[Any], born: date, find: Find) -> list[Any]:
    """Rows of the child whom they name; another date of birth is another child."""
    kept = []
    for row in rows:
        if row.date_of_birth == born:
            kept.append(row)
        else:
            words = f"DOB is {row.date_of_birth:%d/%m/%Y}; the child was born {born:%d/%m/%Y}."
            find(Rule.BIRTH, words, row.where)
    return kept


def _says_of_child(load: Load, one: ChildLoad) -> dict[str, Any]:
    says: dict[str, Any] = {}
    header = one.rows.header
    if header is not None:
        says |= {
            "date_of_birth": header.date_of_birth,
            "gender": header.gender,
            "ethnicity": header.ethnicity,
            "upn": header.upn,
            "is_mother": header.is_mother,
            "mothers_child_born_on": header.mothers_child_born_on,
        }
    if load.told.has(layouts.UASC):
        born = header.date_of_birth if header else one.child.date_of_birth
        rows = _born_then(one.rows.unaccompanied, born, one.find)
        says |= {
            "is_unaccompanied": bool(rows),
            "unaccompanied_until": rows[0].until if rows else None,
        }
    home = next(
        (spell.facts["home_postcode"] for spell in reversed(one.life.placements)
         if spell.facts["home_postcode"]),
        "",
    )  # fmt: skip
    if home:
        says["home_postcode"] = home
    return says


def _put_facts_on(load: Load, children: Sequence[ChildLoad]) -> None:
    """Facts of the child herself; what people entered and the return repeats is kept."""
    known = [one.child.pk for one in children if not one.is_new]
    said = {row.pk: row for row in Said.objects.filter(pk__in=known)}
    for one in children:
        one.said = None if one.is_new else said.get(one.child.pk)
        says = _says_of_child(load, one)
        told = Told(one.said.says[Kind.CHILD]) if one.said else None
        one.change, differs = merge(one.child, told, says)
        one.says = as_said(says)
        for name in differs:
            if name in SHOWN and one.rows.header is not None:
                words = f"The {LABELS[name]} was corrected in the record; it stands."
                one.find(Rule.DIFFERS, words, one.rows.header.where)


def _settings(load: Load, children: Sequence[ChildLoad], attempt: Loaded) -> dict[str, Setting]:
    """The homes that the rows name by number; a home not in the register is put there when
    its postcode says which authority it lies in."""
    spells = [
        spell
        for one in children
        for spell in one.life.placements
        if spell.beside["urn"] not in ("", layouts.URN_OF_ANOTHER_INSPECTORATE)
    ]
    wanted = {spell.beside["urn"] for spell in spells}
    known = {
        setting.urn: setting
        for setting in Setting.objects.filter(urn__in=wanted)
        if setting.urn is not None
    }
    new: dict[str, Setting] = {}
    for one in children:
        for spell in one.life.placements:
            urn = spell.beside["urn"]
            if urn not in wanted or urn in known or urn in new:
                continue
            if spell.facts["place"] in layouts.HOMES:
                setting = _new_setting(load, one, spell)
                if setting is not None:
                    new[urn] = setting
    made = Setting.objects.bulk_create(new.values())
    derive_for_settings([setting.pk for setting in made], day_of(load.at))
    attempt.counts["homes added"] += len(made)
    return known | new


def _new_setting(load: Load, one: ChildLoad, spell: Spell) -> Setting | None:
    urn, postcode = spell.beside["urn"], spell.facts["postcode"]
    spot = load.spots.get(tidy(postcode)) if postcode else None
    host = spot.authority if spot else None
    if host not in load.authorities:
        where = f"postcode {postcode}" if postcode else "row, without a postcode,"
        words = f"URN {urn} is not in the register, and the {where} lies in no known authority."
        one.find(Rule.HOME, f"{words} The placement names no home.", spell.where)
        return None
    words = f"URN {urn} was put in the register, without a name."
    one.find(Rule.HOME_ADDED, words, spell.where)
    return Setting(
        urn=urn,
        name=f"URN {urn} (not in the register)",
        type=SETTING_TYPES[spell.facts["place"]],
        host_authority_id=host,
        postcode=postcode,
    )


def _standing(children: Sequence[ChildLoad]) -> dict[int, dict[Kind, list[Standing]]]:
    """The rows of these children that stand, each with what the last return said of it."""
    ids = [one.child.pk for one in children]
    said = {one.child.pk: one.said.says for one in children if one.said}
    found: dict[int, dict[Kind, list[Standing]]] = {pk: {kind: [] for kind in SPELLS} for pk in ids}
    rows: list[tuple[Kind, Any]] = [
        (Kind.CARE, PeriodOfCare.objects),
        (Kind.LEGAL_STATUS, LegalStatus.objects),
        (Kind.PLACEMENT, Placement.objects.select_related("setting")),
        (Kind.MISSING, MissingEpisode.objects),
    ]
    for kind, query in rows:
        for row in query.filter(child__in=ids).order_by("started_on", "pk"):
            written = said.get(row.child_id, {}).get(kind, {}).get(str(row.pk))
            told = Told(**written) if written else None
            if told is None or not told.is_withdrawn:
                found[row.child_id][kind].append(Standing(row, told))
    return found


def _compare(
    children: Sequence[ChildLoad], settings: Mapping[str, Setting], attempt: Loaded
) -> list[ChildLoad]:
    standing = _standing(children)
    kept = []
    for one in children:
        try:
            one.difference = compare(
                one.child.pk,
                one.life,
                standing[one.child.pk],
                settings,
                may_withdraw=not one.rows.is_partial and bool(one.rows.episodes),
                find=one.find,
            )
        except ChildRefused as refused:
            if one.is_new:
                raise
            _refuse(one.rows, Rule.CLASHES, str(refused), attempt)
            continue
        one.reviews = _reviews(one)
        kept.append(one)
    return kept


def _reviews(one: ChildLoad) -> list[ReviewRow]:
    """The reviews that lie in care, one a day."""
    care = one.difference.final(Kind.CARE)
    born = one.child.date_of_birth
    found: dict[date, ReviewRow] = {}
    for row in _born_then(one.rows.reviews, born, one.find):
        day = row.held_on
        if day in found:
            words = f"A review of {day:%d/%m/%Y} stands in an earlier row."
            one.find(Rule.TWICE, words, row.where)
        elif not any(
            spell.started_on <= day and (spell.ended_on is None or day <= spell.ended_on)
            for spell in care
        ):
            words = f"No period of care covers {day:%d/%m/%Y}."
            one.find(Rule.REVIEW_CARE, words, row.where)
        else:
            found[day] = ReviewRow(day, _participation(one, row))
    return sorted(found.values())


def _participation(one: ChildLoad, row: Any) -> str:
    age = one.child.age_on(row.held_on)
    code: str = row.participation
    if code and (code == layouts.UNDER_FOUR) != (age < 4):
        words = f"REVIEW_CODE is {code}; the child was {age}. PN0 is for children under four."
        one.find(Rule.REVIEW_AGE, words, row.where)
        return ""
    return code


def _write(load: Load, children: Sequence[ChildLoad], attempt: Loaded) -> None:
    write_children(children)
    write_spells(children, load.spots)
    reviews = load_reviews(
        {one.child.pk: one.new_reviews for one in children if one.new_reviews}, THE_RETURN, load.at
    )
    write_said(children)
    touched = []
    events: list[Event] = []
    for one in children:
        changes = list(reviews.get(one.child.pk, ()))
        is_changed = bool(one.is_new or one.difference or (one.change and one.change.new))
        _count(one, len(one.reviews), changes, is_changed or bool(changes), attempt)
        if is_changed or changes:
            touched.append(one.child.pk)
            events += _events(load, one, changes)
    record_all(events)
    derive_for_children(touched, day_of(load.at))
    counted = recalculate(touched, by=THE_RETURN, at=load.at, loaded=True)
    attempt.counts["deadlines added"] += counted.added
    attempt.counts["deadlines changed"] += counted.changed


def _count(
    one: ChildLoad, reviews: int, changes: Sequence[Any], is_changed: bool, attempt: Loaded
) -> None:
    counts = attempt.counts
    counts["children"] += 1
    counts["children added"] += one.is_new
    counts["children changed"] += is_changed and not one.is_new
    counts["children unchanged"] += not is_changed
    counts["periods of care"] += len(one.life.care)
    counts["legal statuses"] += len(one.life.legal_statuses)
    stays = sum(bool(spell.facts["is_temporary"]) for spell in one.life.placements)
    counts["placements"] += len(one.life.placements) - stays
    counts["temporary stays"] += stays
    counts["times missing"] += len(one.life.missing)
    counts["reviews"] += reviews
    counts["added"] += one.is_new + sum(change.verb == "added" for change in changes)
    counts["changed"] += sum(change.verb == "corrected" for change in changes)
    counts["changed"] += bool(one.change and one.change.new and not one.is_new)
    for kind in SPELLS:
        counts["added"] += len(one.difference.added[kind])
        counts["withdrawn"] += len(one.difference.withdrawn[kind])
        for change in one.difference.changed[kind]:
            counts["ended" if change.has_ended else "changed"] += 1


def _events(load: Load, one: ChildLoad, reviews: Sequence[Any]) -> Iterator[Event]:
    """One event that says a child was loaded; from then on one for each change."""
    tell = partial(
        compose, by=THE_RETURN, at=load.at, about=f"children/{one.child.pk}", child_id=one.child.pk
    )
    difference = one.difference
    if one.is_first_load:
        yield tell("exchange.loaded", carries={"what": _sums(one)})
    elif one.change is not None and one.change.new:
        carries = {"what": "the child's details", "changes": one.change.words()}
        yield tell("exchange.corrected", carries=carries)
    for kind in SPELLS:
        for change in difference.changed[kind]:
            yield from _change_events(tell, change)
        for stands in difference.withdrawn[kind]:
            carries = {"what": words_for(stands.row), "on": _day(stands.started_on)}
            yield tell("exchange.withdrawn", carries=carries)
        if not one.is_first_load:
            for row, _ in difference.added[kind]:
                carries = {"what": words_for(row), "on": _day(row.started_on)}
                yield tell("exchange.added", carries=carries)
    if not one.is_first_load:
        for review in reviews:
            carries = {"verb": review.verb, "on": _day(review.held_on)}
            yield tell("exchange.reviewed", carries=carries)


def _change_events(tell: Callable[..., Event], change: Change) -> Iterator[Event]:
    row = change.row
    if change.has_ended:
        yield tell("exchange.ended", carries={"what": words_for(row), "on": _day(row.ended_on)})
    if words := change.words():
        what = f"{words_for(row)} from {_day(row.started_on)}"
        yield tell("exchange.corrected", carries={"what": what, "changes": words})


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"


def _sums(one: ChildLoad) -> str:
    numbers: dict[str, int] = defaultdict(int)
    numbers["placement"] = len(one.life.placements)
    numbers["legal status"] = len(one.life.legal_statuses)
    numbers["review"] = len(one.reviews)
    plurals = {"legal status": "legal statuses"}
    return ", ".join(
        f"{number} {noun if number == 1 else plurals.get(noun, f'{noun}s')}"
        for noun, number in numbers.items()
    )
