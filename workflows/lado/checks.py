"""Can this be done now, and can these facts be true? Never a question about who asks."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from backend.access.models import Person
from backend.access.parts import roles_held
from backend.casework.errors import FactRefused, NotNow
from backend.casework.facts import FURTHEST_BACK, check_reason, check_text, in_words
from backend.grammar.moments import day_of
from backend.grammar.roles import LABELS
from backend.records.models import Setting
from workflows.lado.models import (
    LIMBS,
    Allegation,
    AlsoRaisedAs,
    AuthorityNotice,
    NoticeChild,
    Referral,
    Track,
)
from workflows.lado.queries import NEVER_SHARED_WITH, is_allocated, leads_of, works_for
from workflows.lado.table import STANDING

LONGEST_NAME = 200
LONGEST_LIFE = timedelta(days=366 * 100)
#: What is alleged may have happened long ago: nobody is turned away for telling late.
FURTHEST_EVENT = timedelta(days=366 * 80)


class UnableToDecide(NotNow):
    """What was decided on the limbs does not lead to this result."""


class UnableToConclude(NotNow):
    """An allegation has no outcome yet."""


class UnableToClose(NotNow):
    """Something of the case is not finished."""


class UnableToAnswer(NotNow):
    """The child was answered for, or the notice is closed."""


def check_name(text: str, words: str, field: str) -> str:
    """:raises FactRefused: nothing was entered, or far too much."""
    return check_text(check_reason(text, words, field), field, longest=LONGEST_NAME)


def check_short(text: str, field: str) -> str:
    """:raises FactRefused: longer than a line."""
    return check_text(text, field, longest=LONGEST_NAME).strip()


def check_past(
    day: date | None, at: datetime, field: str, *, back: timedelta = FURTHEST_BACK
) -> date | None:
    """:raises FactRefused: in the future, or longer ago than can be."""
    if day is None:
        return None
    if day > day_of(at):
        raise FactRefused("This day is in the future.", field=field)
    if day < day_of(at) - back:
        raise FactRefused("This day is too long ago.", field=field)
    return day


def check_days(
    *,
    happened_on: date | None,
    employer_knew_on: date | None,
    manager_knew_on: date | None,
    referred_on: date,
    at: datetime,
) -> None:
    """:raises FactRefused: the days of what happened and who knew are not in order."""
    check_past(happened_on, at, "happened_on", back=FURTHEST_EVENT)
    check_past(referred_on, at, "referred_on")
    for name, day in (("employer_knew_on", employer_knew_on), ("manager_knew_on", manager_knew_on)):
        check_past(day, at, name, back=FURTHEST_EVENT)
        if day is None:
            continue
        if happened_on is not None and day < happened_on:
            raise FactRefused(f"It happened on {in_words(happened_on)}, after this.", field=name)
        if day > referred_on:
            raise FactRefused(
                f"The LADO was told on {in_words(referred_on)}, before this.", field=name
            )


def check_birth(born: date | None, at: datetime) -> date | None:
    """:raises FactRefused: not the day of birth of an adult who is alive."""
    if born is None:
        return None
    if born > day_of(at):
        raise FactRefused("This day is in the future.", field="date_of_birth")
    if born < day_of(at) - LONGEST_LIFE:
        raise FactRefused("This is more than a hundred years ago.", field="date_of_birth")
    return born


def check_choice(value: str, choices: Any, words: str, field: str) -> str:
    """:raises FactRefused: not one of the answers."""
    if value not in choices.values:
        raise FactRefused(words, field=field)
    return value


def check_also_raised(ways: Iterable[str]) -> list[str]:
    """How else the same conduct was raised, each way once.

    :raises FactRefused: it is none of the ways that are counted.
    """
    return [
        check_choice(way, AlsoRaisedAs, "Choose how else this was raised.", "also_raised_as")
        for way in dict.fromkeys(ways)
    ]


def check_somebody_leads(authority: str, name: str, on: date, field: str) -> None:
    """:raises FactRefused: a referral there would be read by nobody."""
    if not leads_of([authority], on)[authority]:
        raise FactRefused(
            f"{name} does not receive referrals here. Telephone its children's services now.",
            field=field,
        )


def check_limbs(limbs: Mapping[str, tuple[bool, str]], result: str) -> dict[str, Any]:
    """The four limbs as a decision keeps them.

    :raises FactRefused: a limb lacks its answer or its reason.
    :raises UnableToDecide: no limb is met and the threshold is said to be, or the other way.
    """
    kept: dict[str, Any] = {}
    for name in LIMBS:
        answer, reason = limbs.get(name, (None, ""))
        if answer is None:
            raise FactRefused("Say yes or no.", field=name)
        kept[name] = answer
        kept[f"{name}_reason"] = check_reason(
            reason, "Say why this limb is met, or why it is not.", f"{name}_reason"
        )
    met = [name for name in LIMBS if kept[name]]
    if result == "open" and not met:
        raise UnableToDecide("None of the four limbs is met, so the threshold is not met.")
    if result != "open" and met:
        raise UnableToDecide(
            "A limb of the threshold is met. Open the case, or answer the limb with no and say why."
        )
    return kept


def check_place(referral: Referral, setting: Setting) -> None:
    """:raises FactRefused: the setting is in the area of another authority."""
    if setting.host_authority_id != referral.authority_id:
        raise FactRefused(
            f"{setting.name} is in the area of {setting.host_authority.name}. "
            "Tell its LADO, and mark this referral as entered in error.",
            field="setting",
        )


def check_outcomes(referral: Referral) -> None:
    """:raises UnableToConclude: nothing is alleged yet, or something has no outcome."""
    allegations = list(referral.allegations.all())
    if not allegations:
        raise UnableToConclude("Add what is alleged first: each allegation has its own outcome.")
    waiting = [each for each in allegations if not each.outcome]
    if waiting:
        raise UnableToConclude(
            f"{len(waiting)} of {len(allegations)} allegations have no outcome yet."
        )


def check_can_close(referral: Referral) -> None:
    """:raises UnableToClose: an enquiry runs, a task or the DBS is open, or an authority waits."""
    running = referral.tracks.filter(stands__in=(Track.Stands.RUNNING, Track.Stands.NOT_STARTED))
    if track := running.first():
        raise UnableToClose(
            f"{track.get_kind_display()}: {track.get_stands_display().lower()}. "
            "Say first how it ended, or that it is not needed."
        )
    if task := referral.tasks.filter(done_on__isnull=True).order_by("due_on", "pk").first():
        raise UnableToClose(
            f"A task from a meeting is open: {task.owner}, by {in_words(task.due_on)}. "
            "Say first that it was done, or why it is not needed any more."
        )
    if referral.left_work_on is not None and referral.barring_settled_on is None:
        raise UnableToClose("Say first what came of the referral to the DBS.")
    if notice := referral.notices.filter(state__in=STANDING).select_related("authority").first():
        raise UnableToClose(f"Tell {notice.authority.name} the outcome first.")


def check_unsettled(allegation: Allegation, referral: Referral) -> None:
    """:raises FactRefused: the allegation belongs to another case.
    :raises NotNow: it has its outcome already."""
    if allegation.referral_id != referral.pk:
        raise FactRefused("This allegation is not part of this case.", field="allegation")
    if allegation.outcome:
        raise NotNow(f"The outcome is already recorded: {allegation.get_outcome_display()}.")


def check_may_be_shared_with(person: Person, on: date, field: str = "person") -> None:
    """:raises FactRefused: somebody who never reads of allegations."""
    if not person.is_active:
        raise FactRefused(f"{person.name} has left.", field=field)
    held = roles_held(person, on)
    never = sorted(LABELS[role] for role in held & set(NEVER_SHARED_WITH))
    if never:
        raise FactRefused(
            f"{person.name} is {never[0]}: allegations are never shared with them here.",
            field=field,
        )
    if not held:
        raise FactRefused(f"{person.name} plays no part anywhere here.", field=field)


def check_notice_share(notice: AuthorityNotice, person: Person, on: date) -> None:
    """:raises FactRefused: neither works with a child of the notice nor for its authority."""
    check_may_be_shared_with(person, on)
    if not (is_allocated(person, notice, on) or works_for(person, str(notice.authority_id), on)):
        raise FactRefused(
            f"{person.name} does not work for {notice.authority.name}, nor with a child named.",
            field="person",
        )


def check_unanswered(child: NoticeChild) -> None:
    """:raises UnableToAnswer: somebody answered for the child already."""
    if child.answered_at is not None:
        raise UnableToAnswer(f"This was answered for on {in_words(day_of(child.answered_at))}.")


def check_tasks(tasks: Iterable[Mapping[str, Any]], held_on: date) -> list[dict[str, Any]]:
    """What a meeting asked for, each with owner and day.

    :raises FactRefused: a task lacks one of the three, or was due before the meeting.
    """
    return [
        check_task(task, held_on, before=f"tasks.{number}.") for number, task in enumerate(tasks)
    ]


def check_advocate(referral: Referral, was_invited: bool | None, why_not: str) -> None:
    """:raises FactRefused: nobody said whether the advocate was invited, or why they were not."""
    if was_invited is None and referral.named_children.exists():
        raise FactRefused(
            "Say whether the child's advocate was invited.", field="was_advocate_invited"
        )
    if was_invited is False and not why_not:
        raise FactRefused("Say why no advocate was invited.", field="advocate_why_not")


def check_task(task: Mapping[str, Any], held_on: date, *, before: str = "") -> dict[str, Any]:
    """One thing that a meeting asked for.

    :raises FactRefused: it lacks what, owner or day, or was due before the meeting.
    """
    due_on = task.get("due_on")
    if due_on is None or due_on < held_on:
        raise FactRefused("Give a day from the meeting on.", field=f"{before}due_on")
    return {
        "what": check_reason(task.get("what", ""), "Say what is to be done.", f"{before}what"),
        "owner": check_name(task.get("owner", ""), "Say who does this.", f"{before}owner"),
        "due_on": due_on,
    }
