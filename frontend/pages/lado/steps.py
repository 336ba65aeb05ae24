"""What each step of a case asks, and which action takes it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404

from backend.access.models import Person
from backend.casework.errors import FactRefused
from backend.records.models import Child, Placement
from frontend.forms import Form
from frontend.pages.lado import forms
from frontend.pages.lado.opening import Reading
from frontend.parts.words import long_date
from workflows.lado import actions
from workflows.lado.models import AuthorityNotice, Referral
from workflows.lado.queries import found_by_email

Act = Callable[[dict[str, Any]], object]


@dataclass(frozen=True)
class Asked:
    """One step as it is asked: what its page is called, what it asks, what takes it."""

    title: str
    form: Form
    act: Act
    done: str
    intro: str = ""


def person_in(given: dict[str, Any]) -> Person:
    """:raises FactRefused: nobody with this address has an account."""
    found = found_by_email(given.pop("person"))
    if found is None:
        raise FactRefused("Nobody with this e-mail address has an account here.", field="person")
    return found


def asked_of_referral(step: str, reading: Reading, sent: Any, how: dict[str, Any]) -> Asked:
    """What a step of a referral asks.

    :raises Http404: there is no page for such a step.
    """
    build = REFERRAL_STEPS.get(step)
    if build is None:
        raise Http404
    return build(reading.case, sent, how, reading)


def plain(
    title: str, form: type[Form], act: Callable[..., object], done: str, intro: str = ""
) -> Callable[..., Asked]:
    """A step whose answers are the facts of its action."""

    def build(case: Referral, sent: Any, how: dict[str, Any], reading: Reading) -> Asked:
        return Asked(
            title, form(sent), lambda given: act(referral=case, **given, **how), done, intro
        )

    return build


def decide(case: Referral, sent: Any, how: dict[str, Any], reading: Reading) -> Asked:
    form = forms.Decide(sent)
    form.order_fields(forms.DECIDE_ORDER)

    def act(given: dict[str, Any]) -> object:
        limbs = {name: (given[name], given[f"{name}_reason"]) for name in forms.LIMBS}
        return actions.decide_threshold(
            referral=case,
            result=given["result"],
            limbs=limbs,
            reason=given["reason"],
            advice=given["advice"],
            is_clear_at_once=given["is_clear_at_once"],
            **how,
        )

    return Asked(
        "Decide on the threshold",
        form,
        act,
        "Decided. Every authority that has to know was told.",
        "The threshold is met when one of the four limbs is. Say why for each, met or not.",
    )


def name_child(case: Referral, sent: Any, how: dict[str, Any], reading: Reading) -> Asked:
    there: dict[str, Child] = {}
    if case.setting_id is not None:
        rows = Placement.objects.filter(setting=case.setting_id, ended_on__isnull=True)
        named = set(case.named_children.values_list("child_id", flat=True))
        there = {
            str(row.child_id): row.child
            for row in rows.select_related("child").order_by("child__name")
            if row.child_id not in named
        }
    form = forms.NameChild(sent)
    form.offer((child.pk, child.name) for child in there.values())

    def act(given: dict[str, Any]) -> object:
        return actions.name_child(
            referral=case,
            child=there.get(given.get("child") or ""),
            words=given["words"],
            **how,
        )

    return Asked("Name a child", form, act, "The child is named.")


def allege(case: Referral, sent: Any, how: dict[str, Any], reading: Reading) -> Asked:
    named = {str(row.pk): row for row in case.named_children.select_related("child").order_by("pk")}
    form = forms.Allege(sent, initial={"child": ""})
    form.offer((row.pk, row.child.name if row.child else row.words) for row in named.values())

    def act(given: dict[str, Any]) -> object:
        child = named.get(given.pop("child") or "")
        return actions.add_allegation(referral=case, child=child, **given, **how)

    return Asked("Add an allegation", form, act, "The allegation is added.")


#: What the page of corrections shows of the adult, and of the case.
OF_ADULT = ("name", "date_of_birth", "employer", "job", "sector", "home_authority", "other_work")
OF_CASE = (
    "setting",
    "workplace",
    "unit",
    "shift",
    "happened_on",
    "employer_knew_on",
    "manager_knew_on",
    "is_about_manager",
    "is_child_at_risk",
    "also_raised_as",
    "also_raised_words",
    "is_clear_at_once",
)


def correct(case: Referral, sent: Any, how: dict[str, Any], reading: Reading) -> Asked:
    stands = {
        **{name: getattr(case.adult, name) for name in OF_ADULT},
        **{name: getattr(case, name) for name in OF_CASE},
    }

    def act(given: dict[str, Any]) -> object:
        changed = {name: fact for name, fact in given.items() if fact != stands[name]}
        return actions.correct_referral(
            referral=case,
            changes={name: changed[name] for name in OF_CASE if name in changed},
            adult={name: changed[name] for name in OF_ADULT if name in changed},
            **how,
        )

    form = forms.Correct(sent, initial={**stands, "setting": case.setting_id})
    form.fields["setting"].queryset = case.authority.settings.order_by("name")  # type: ignore[attr-defined]
    form.order_fields(forms.Correct.order)
    return Asked(
        "Put facts right",
        form,
        act,
        "Put right. What stood before is kept in the history.",
    )


def meet(case: Referral, sent: Any, how: dict[str, Any], reading: Reading) -> Asked:
    def act(given: dict[str, Any]) -> object:
        task = {
            "what": given.pop("task_what"),
            "owner": given.pop("task_owner"),
            "due_on": given.pop("task_due_on"),
        }
        try:
            return actions.record_meeting(
                referral=case, tasks=[task] if any(task.values()) else [], **given, **how
            )
        except FactRefused as refusal:
            raise FactRefused(
                refusal.reason, field=refusal.field.replace("tasks.0.", "task_")
            ) from refusal

    form = forms.Meet(sent, initial={"held_on": reading.on})
    if not case.named_children.exists():
        del form.fields["was_advocate_invited"], form.fields["advocate_why_not"]
    return Asked("Record a meeting or a review of progress", form, act, "The meeting is recorded.")


def chosen(
    title: str,
    form_class: type[Form],
    name: str,
    rows: Callable[[Referral], dict[str, tuple[str, Any]]],
    act: Callable[..., object],
    done: str,
) -> Callable[..., Asked]:
    """A step about one of several rows of the case."""

    def build(case: Any, sent: Any, how: dict[str, Any], reading: Reading) -> Asked:
        found = rows(case)
        form = form_class(sent, initial={name: next(iter(found), "")})
        form.fields[name].choices = [(key, words) for key, (words, _) in found.items()]  # type: ignore[attr-defined]
        case_name = "notice" if isinstance(case, AuthorityNotice) else "referral"

        def take(given: dict[str, Any]) -> object:
            row = found[given.pop(name)][1]
            return act(**{case_name: case, name: row}, **given, **how)

        return Asked(title, form, take, done)

    return build


def meetings_of(case: Referral) -> dict[str, tuple[str, Any]]:
    rows = case.meetings.order_by("-held_on", "-pk")
    return {
        str(row.pk): (f"{row.get_kind_display()}, {long_date(row.held_on)}", row) for row in rows
    }


def open_tasks(case: Referral) -> dict[str, tuple[str, Any]]:
    rows = case.tasks.filter(done_on__isnull=True).order_by("due_on", "pk")
    return {
        str(row.pk): (f"{row.what} ({row.owner}, by {long_date(row.due_on)})", row) for row in rows
    }


def unsettled(case: Referral) -> dict[str, tuple[str, Any]]:
    rows = case.allegations.filter(outcome="").order_by("pk")
    return {str(row.pk): (f"{row.get_category_display()}: {row.words[:120]}", row) for row in rows}


def shared_with(case: Any) -> dict[str, tuple[str, Any]]:
    rows = case.shares.filter(ended_at__isnull=True).select_related("person").order_by("pk")
    return {str(row.pk): (row.person.name, row) for row in rows}


def unanswered(notice: Any) -> dict[str, tuple[str, Any]]:
    rows = notice.children.filter(answered_at__isnull=True).select_related("child")
    return {str(row.pk): (row.child.name, row) for row in rows}


def share(case: Referral, sent: Any, how: dict[str, Any], reading: Reading) -> Asked:
    def act(given: dict[str, Any]) -> object:
        return actions.share_referral(
            referral=case, person=person_in(given), reason=given["reason"], **how
        )

    return Asked(
        "Share with a named person",
        forms.Share(sent),
        act,
        "Shared. They were told that there is something to read.",
        "They will read the whole case, the adult's name among it. They cannot change it.",
    )


def challenge(case: Referral, sent: Any, how: dict[str, Any], reading: Reading) -> Asked:
    who = {"by": how["by"], "at": how["at"]}
    return Asked(
        "Challenge this decision",
        forms.Words(sent),
        lambda given: actions.challenge_decision(referral=case, **given, **who),
        "Your challenge is recorded, and the LADO was told.",
    )


REFERRAL_STEPS: dict[str, Callable[..., Asked]] = {
    "receive": plain(
        "Receive the referral",
        forms.Nothing,
        actions.receive_referral,
        "Received by you. Whoever sent it was told.",
        "Your name will stand as the LADO who handles this.",
    ),
    "decide": decide,
    "reconsider": plain(
        "Decide again",
        forms.Nothing,
        actions.reconsider_decision,
        "The decision can now be made again.",
        "The first decision stays in the case.",
    ),
    "give_opinion": plain(
        "Record a second opinion",
        forms.Opinion,
        actions.give_opinion,
        "The opinion is recorded beside the decision.",
    ),
    "name_child": name_child,
    "allege": allege,
    "correct": correct,
    "meet": meet,
    "add_task": chosen(
        "Add a task",
        forms.AddTask,
        "meeting",
        meetings_of,
        actions.add_task,
        "The task is added.",
    ),
    "finish_task": chosen(
        "Record that a task was done",
        forms.FinishTask,
        "task",
        open_tasks,
        actions.finish_task,
        "The task is done.",
    ),
    "follow_track": plain(
        "Say how an enquiry stands", forms.FollowTrack, actions.follow_track, "Recorded."
    ),
    "set_work": plain("Status at work", forms.SetWork, actions.set_work_status, "Recorded."),
    "set_discipline": plain(
        "The employer's discipline", forms.SetDiscipline, actions.set_discipline, "Recorded."
    ),
    "settle_barring": plain(
        "Referral to the DBS", forms.SettleBarring, actions.settle_barring, "Recorded."
    ),
    "settle": chosen(
        "Give an allegation its outcome",
        forms.Settle,
        "allegation",
        unsettled,
        actions.settle_allegation,
        "The outcome is recorded.",
    ),
    "tell_outside": plain(
        "Record who outside was told", forms.TellOutside, actions.record_telling, "Recorded."
    ),
    "share": share,
    "unshare": chosen(
        "Stop sharing",
        forms.Unshare,
        "share",
        shared_with,
        actions.stop_sharing_referral,
        "They cannot read the case any more.",
    ),
    "tell_home": plain(
        "Tell the adult's home authority",
        forms.TellHome,
        actions.tell_home_authority,
        "The authority was told.",
        "They are told who the adult is, and nothing of the children.",
    ),
    "conclude": plain(
        "Conclude",
        forms.Nothing,
        actions.conclude_referral,
        "Concluded.",
        "Every allegation has its outcome. The authorities that were told are still to hear it.",
    ),
    "close": plain("Close the case", forms.Close, actions.close_referral, "The case is closed."),
    "reopen": plain(
        "Open again",
        forms.Nothing,
        actions.reopen_referral,
        "The case is open again.",
        "New facts came in after it was concluded.",
    ),
    "void": plain(
        "Entered in error", forms.Reason, actions.void_referral, "Marked as entered in error."
    ),
    "challenge": challenge,
}


def of_notice(
    title: str, form: type[Form], act: Callable[..., object], done: str, intro: str = ""
) -> Callable[..., Asked]:
    def build(notice: AuthorityNotice, sent: Any, how: dict[str, Any], reading: Reading) -> Asked:
        return Asked(
            title, form(sent), lambda given: act(notice=notice, **given, **how), done, intro
        )

    return build


def share_notice(
    notice: AuthorityNotice, sent: Any, how: dict[str, Any], reading: Reading
) -> Asked:
    def act(given: dict[str, Any]) -> object:
        return actions.share_notice(
            notice=notice, person=person_in(given), reason=given["reason"], **how
        )

    return Asked(
        "Share with a named person",
        forms.Share(sent),
        act,
        "Shared. They were told that there is something to read.",
        "For example the child's social worker or reviewing officer. Never an advocate, and "
        "nobody of the home.",
    )


def challenge_by_authority(
    notice: AuthorityNotice, sent: Any, how: dict[str, Any], reading: Reading
) -> Asked:
    return challenge(notice.referral, sent, how, reading)


NOTICE_STEPS: dict[str, Callable[..., Asked]] = {
    "receive": of_notice(
        "Say that you have received this",
        forms.Nothing,
        actions.receive_notice,
        "Received by you. The LADO who leads was told.",
        "Your name will stand as the one who has received this for your authority.",
    ),
    "answer": chosen(
        "Say what you have done about a child",
        forms.Answer,
        "child",
        unanswered,
        actions.answer_for_child,
        "Your answer was sent to the LADO who leads.",
    ),
    "share": share_notice,
    "unshare": chosen(
        "Stop sharing",
        forms.Unshare,
        "share",
        shared_with,
        actions.stop_sharing_notice,
        "They cannot read this any more.",
    ),
    "name_adult": of_notice(
        "Share who the adult is",
        forms.Reason,
        actions.name_adult,
        "The authority can now read who the adult is.",
    ),
    "close": of_notice(
        "Tell the outcome and close",
        forms.TellOutcome,
        actions.close_notice,
        "The authority was told, and its notice is closed.",
    ),
    "void": of_notice(
        "Take the notice back", forms.Reason, actions.void_notice, "The notice was taken back."
    ),
    "challenge": challenge_by_authority,
}
#: Steps of the table that one page asks together, by the page that asks.
ASKED_BY = {"open": "decide", "advise": "decide", "keep": "decide", "complete": "answer"}
