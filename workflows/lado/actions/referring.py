"""Telling the LADO, and what the LADO first does with what was told."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from backend.access.grants import derive_for_cases
from backend.access.models import Person
from backend.casework.errors import FactRefused
from backend.casework.facts import check_reason, check_text
from backend.casework.gate import By, carry_out, open_case
from backend.deadlines.recalculate import recalculate_matters
from backend.events.record import CLOCK, record
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.notify.tell import Telling, tell
from backend.records.models import Authority, Child, Setting
from workflows.lado import events
from workflows.lado.actions.matching import suggest_matches
from workflows.lado.actions.telling import tell_authorities, tell_urgently
from workflows.lado.checks import (
    check_also_raised,
    check_birth,
    check_choice,
    check_days,
    check_name,
    check_place,
    check_short,
    check_somebody_leads,
)
from workflows.lado.likeness import key_of, surname_of
from workflows.lado.models import (
    Adult,
    Allegation,
    Category,
    Harm,
    NamedChild,
    Referral,
    Sector,
    Shift,
    Source,
)
from workflows.lado.table import OPEN, STANDING

#: No letters that are read for numbers.
SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """A number to quote, from which nothing can be guessed."""
    signs = "".join(secrets.choice(SIGNS) for _ in range(8))
    return f"LADO-{signs[:4]}-{signs[4:]}"


def _adult(facts: Mapping[str, Any], at: datetime) -> Adult:
    """The adult as they were named.

    :raises FactRefused: no name, no field of work, or a date of birth that cannot be.
    """
    name = check_name(
        str(facts.get("name", "")), "Say who the adult is, or how they are known.", "name"
    )
    return Adult(
        name=name,
        date_of_birth=check_birth(facts.get("date_of_birth"), at),
        employer=check_short(str(facts.get("employer", "")), "employer"),
        job=check_short(str(facts.get("job", "")), "job"),
        sector=check_choice(
            str(facts.get("sector", "")), Sector, "Say in which field they work.", "sector"
        ),
        home_authority=facts.get("home_authority"),
        other_work=check_text(str(facts.get("other_work", "")), "other_work").strip(),
        name_key=key_of(name),
        surname_key=surname_of(name),
    )


@transaction.atomic
def make_referral(
    *,
    what_happened: str,
    adult: Mapping[str, Any],
    by: By,
    at: datetime,
    setting: Setting | None = None,
    authority: Authority | None = None,
    workplace: str = "",
    unit: str = "",
    shift: str = "",
    is_about_manager: bool = False,
    source: str = Source.PROFESSIONAL,
    sender_name: str = "",
    sender_contact: str = "",
    sender_role: str = "",
    children: Iterable[Child] = (),
    children_in_words: str = "",
    made_safe: str = "",
    is_consultation: bool = False,
    is_child_at_risk: bool = False,
    also_raised_as: Iterable[str] = (),
    also_raised_words: str = "",
    happened_on: date | None = None,
    happened_in_words: str = "",
    employer_knew_on: date | None = None,
    manager_knew_on: date | None = None,
    referred_on: date | None = None,
) -> Referral:
    """This will tell the LADO of the area of an adult who may harm children, and start the clock.

    Whoever sends it may read afterwards what they sent and that it was received. By the clock
    it comes from the public form, and nobody's account is behind it.

    :raises FactRefused: something is missing or cannot be true, or no LADO of that authority
        reads referrals here.
    """
    host = setting.host_authority if setting is not None else authority
    if host is None:
        raise FactRefused("Say in which authority the adult works.", field="authority")
    check_somebody_leads(host.pk, host.name, day_of(at), "authority")
    if setting is None:
        check_name(workplace, "Say where the adult works with children.", "workplace")
    told_on = referred_on or day_of(at)
    check_days(
        happened_on=happened_on,
        employer_knew_on=employer_knew_on,
        manager_knew_on=manager_knew_on,
        referred_on=told_on,
        at=at,
    )
    person = by if isinstance(by, Person) else None
    takes_down = person is not None and source == Source.LADO
    referral = Referral(
        reference=new_reference(),
        authority=host,
        setting=setting,
        workplace=check_short(workplace, "workplace"),
        unit=check_text(unit, "unit", longest=100).strip(),
        shift=check_choice(shift, Shift, "Choose one of the times.", "shift"),
        is_about_manager=is_about_manager,
        source=check_choice(source, Source, "Say who is telling the LADO.", "source"),
        referred_by=None if takes_down else person,
        sender_name=check_short(sender_name, "sender_name"),
        sender_contact=check_short(sender_contact, "sender_contact"),
        sender_role=check_short(sender_role, "sender_role"),
        what_happened=check_reason(
            what_happened, "Say what happened, or what worries you.", "what_happened"
        ),
        children_in_words=check_text(children_in_words, "children_in_words").strip(),
        made_safe=check_text(made_safe, "made_safe").strip(),
        is_consultation=is_consultation,
        is_child_at_risk=is_child_at_risk,
        also_raised_as=check_also_raised(also_raised_as),
        also_raised_words=check_short(also_raised_words, "also_raised_words"),
        happened_on=happened_on,
        happened_in_words=check_short(happened_in_words, "happened_in_words"),
        employer_knew_on=employer_knew_on,
        manager_knew_on=manager_knew_on,
        referred_on=told_on,
    )
    described = _adult(adult, at)
    described.save()
    referral.adult = described
    named = list({child.pk: child for child in children}.values())

    def stand_beside(case: Referral) -> None:
        derive_for_cases("referrals", [case.pk], day_of(at))
        if person is not None:
            NamedChild.objects.bulk_create(
                [NamedChild(referral=case, child=child, by=person, at=at) for child in named]
            )

    step = "take_in" if by == CLOCK else "refer"
    # Danger is told once, and as such: not first as one new referral among others.
    tells = () if is_child_at_risk else None
    referral = open_case(referral, step, by=by, at=at, then=stand_beside, tells=tells)
    if is_child_at_risk:
        say_at_risk(referral=referral, by=by, at=at)
    record(
        events.RECEIPT_SENT,
        by=by,
        at=at,
        about=referral.receipt,
        carries={"authority": host.name},
    )
    suggest_matches(adult=described, at=at)
    return referral


def say_at_risk(*, referral: Referral, by: By, at: datetime) -> None:
    """This will reach the LADO at once, in quiet hours too, and every authority that was told."""
    event = record(events.AT_RISK, by=by, at=at, about=referral.about, carries={})
    tell([Telling(event, (Role.LADO,), about=referral.about)], at=at)
    for notice in referral.notices.filter(state__in=STANDING).select_related("authority"):
        tell_urgently(notice=notice, by=by, at=at)


@transaction.atomic
def receive_referral(
    *, referral: Referral, by: Person, at: datetime, expects: int | None = None
) -> Referral:
    """This will say by name that the LADO has received a referral, and tell whoever sent it.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    """
    referral = carry_out(
        referral,
        "receive",
        by=by,
        at=at,
        expects=expects,
        facts={"received_at": at, "led_by": by},
    )
    event = record(
        events.RECEIPT_GIVEN,
        by=by,
        at=at,
        about=referral.receipt,
        carries={"authority": referral.authority.name},
    )
    tell([Telling(event, (Role.REFERRER,), about=referral.receipt)], at=at)
    return referral


@transaction.atomic
def name_child(
    *,
    referral: Referral,
    by: Person,
    at: datetime,
    child: Child | None = None,
    words: str = "",
    expects: int | None = None,
) -> Referral:
    """This will name a child in a referral; while the case is open, their authority is told.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: nobody was named, or the child is named already.
    """
    words = check_short(words, "words")
    if child is None and not words:
        raise FactRefused("Choose a child, or say who it is in words.", field="child")

    def check(case: Referral) -> None:
        if child is not None and case.named_children.filter(child=child).exists():
            raise FactRefused("This child is named already.", field="child")

    def stand_beside(case: Referral) -> None:
        NamedChild.objects.create(referral=case, child=child, words=words, by=by, at=at)

    referral = carry_out(
        referral, "name_child", by=by, at=at, expects=expects, check=check, then=stand_beside
    )
    if referral.state == OPEN:
        tell_authorities(referral=referral, by=by, at=at)
    return referral


def add_allegation(
    *,
    referral: Referral,
    category: str,
    words: str,
    by: Person,
    at: datetime,
    harm: str = Harm.NOT_KNOWN,
    child: NamedChild | None = None,
    expects: int | None = None,
) -> Referral:
    """This will put one allegation on the case; each will have an outcome of its own.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: no category, or not said what is alleged.
    """
    check_choice(category, Category, "Say what kind of harm is alleged.", "category")
    check_choice(harm, Harm, "Say what it did to the child, as far as is known.", "harm")
    words = check_reason(words, "Say what is alleged.", "words")
    if child is not None and child.referral_id != referral.pk:
        raise FactRefused("This child is not named in this case.", field="child")

    def stand_beside(case: Referral) -> None:
        Allegation.objects.create(
            referral=case, category=category, harm=harm, words=words, child=child, by=by, at=at
        )

    return carry_out(
        referral,
        "allege",
        by=by,
        at=at,
        expects=expects,
        carries={"category": Category(category).label.lower()},
        then=stand_beside,
    )


#: What may be put right, with the words the timeline has for it.
CORRECTABLE = {
    "happened_on": "when it happened",
    "happened_in_words": "when it happened",
    "employer_knew_on": "when the employer heard",
    "manager_knew_on": "when a manager knew",
    "unit": "the unit",
    "shift": "the shift",
    "is_about_manager": "whether the adult runs the setting",
    "is_child_at_risk": "whether a child is at risk now",
    "also_raised_as": "how else it was raised",
    "also_raised_words": "how else it was raised",
    "is_clear_at_once": "whether it was clear from the first",
    "setting": "the place",
    "workplace": "the place",
}
#: What is a few words, and how many letters they may have.
SHORT = (("unit", 100), ("happened_in_words", 200), ("also_raised_words", 200))
OF_ADULT = ("name", "date_of_birth", "employer", "job", "sector", "home_authority", "other_work")


@transaction.atomic
def correct_referral(
    *,
    referral: Referral,
    by: Person,
    at: datetime,
    changes: Mapping[str, Any],
    adult: Mapping[str, Any] | None = None,
    expects: int | None = None,
) -> Referral:
    """This will put facts of a referral right; what stood before stays in its history.

    Where the place or the day of an open case is put right, every authority of a child who lived
    there is told; where a child turns out to be at risk now, whoever has to know is reached at
    once.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: a fact that cannot be true, or nothing to put right.
    """
    unknown = set(changes) - set(CORRECTABLE)
    if unknown:
        raise FactRefused("This cannot be put right here.", field=sorted(unknown)[0])
    if not changes and not adult:
        raise FactRefused("Say what is to be put right.")
    corrected: dict[str, Adult] = {}

    def check(case: Referral) -> None:
        days = {
            name: changes.get(name, getattr(case, name))
            for name in ("happened_on", "employer_knew_on", "manager_knew_on")
        }
        check_days(**days, referred_on=case.referred_on, at=at)
        check_also_raised(changes.get("also_raised_as", ()))
        for name, longest in SHORT:
            check_text(str(changes.get(name, "")), name, longest=longest)
        check_choice(str(changes.get("shift", "")), Shift, "Choose one of the times.", "shift")
        _check_stays_somewhere(case, changes)
        if adult:
            stands = {name: getattr(case.adult, name) for name in OF_ADULT}
            corrected["adult"] = _adult({**stands, **adult}, at)
            corrected["adult"].pk = case.adult_id

    def put_right(case: Referral) -> None:
        if "adult" in corrected:
            Adult.objects.filter(pk=case.adult_id).update(
                **{
                    name: getattr(corrected["adult"], name)
                    for name in (*OF_ADULT, "name_key", "surname_key")
                }
            )

    is_new_danger = bool(changes.get("is_child_at_risk")) and not referral.is_child_at_risk
    said = sorted({*(CORRECTABLE[name] for name in changes), *(["the adult"] if adult else [])})
    done = carry_out(
        referral,
        "correct",
        by=by,
        at=at,
        expects=expects,
        facts=dict(changes),
        carries={"what": ", ".join(said)},
        check=check,
        then=put_right,
    )
    if adult:
        suggest_matches(adult=Adult.objects.get(pk=done.adult_id), at=at)
        recalculate_matters("referrals", [done.pk], by=by, at=at)
    if done.state == OPEN and changes.keys() & {"setting", "happened_on"}:
        tell_authorities(referral=done, by=by, at=at)
    if is_new_danger:
        say_at_risk(referral=done, by=by, at=at)
    return done


def _check_stays_somewhere(case: Referral, changes: Mapping[str, Any]) -> None:
    """:raises FactRefused: the place is in another area, or the case would be left without one."""
    setting = changes.get("setting", case.setting)
    workplace = check_short(str(changes.get("workplace", case.workplace)), "workplace")
    if setting is not None:
        check_place(case, setting)
    elif not workplace:
        raise FactRefused("Say where the adult works with children.", field="workplace")


def void_referral(
    *, referral: Referral, reason: str, by: Person, at: datetime, expects: int | None = None
) -> Referral:
    """This will mark a referral as entered in error; it stays, and owes nothing any more.

    :raises NotAllowed, NotNow, MovedOn, FactRefused: as the gate says; no reason.
    """
    reason = check_reason(reason, "Say what was entered in error.")
    return carry_out(
        referral,
        "void",
        by=by,
        at=at,
        expects=expects,
        facts={"void_on": day_of(at), "reason": reason},
    )
