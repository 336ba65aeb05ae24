"""Concerns between agencies: raising one, what waits on me, and one concern from both sides."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from backend.access.models import Person
from backend.access.parts import roles_held
from backend.access.visibility import children_visible_to, depth_of
from backend.casework.errors import FactRefused, NotNow
from backend.deadlines.models import Deadline
from backend.events.models import Event
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.records.models import Child, Setting
from frontend.context import moment_of
from frontend.forms import Form
from frontend.pages.children.opening import person_of, sent
from frontend.pages.escalations import forms, told
from frontend.pages.escalations.asking import (
    Looking,
    ask,
    open_matter,
    require_step,
    steps_open_to,
)
from frontend.pages.reviews.asking import version_read
from frontend.parts.lists import page_of
from frontend.parts.refusals import put_refusal_on
from frontend.parts.spreadsheet import spreadsheet
from frontend.parts.words import capital, listed, long_date
from workflows.escalations import actions
from workflows.escalations.checks import Standing, sides_of, standing_of
from workflows.escalations.ladders import Ladder, Use
from workflows.escalations.models import USES, Addressee, Escalation, Kind, Stage
from workflows.escalations.queries import (
    escalations_visible_to,
    homes_known_to,
    in_order,
    notes_visible_to,
    open_ones,
    side_of,
    waiting_on,
)
from workflows.escalations.queries import (
    standing_of as stage_of,
)
from workflows.escalations.table import TABLE

RELATED = (
    "child",
    "setting",
    "raised_by",
    "from_authority",
    "from_setting",
    "to_authority",
    "to_setting",
)
#: Nobody reads through a longer list; whoever has more begins at the child's page.
MOST_OFFERED = 200
COLUMNS = ("About", "Asked by", "Asked of", "Where it stands", "Raised", "Ladder")


# Lists


@login_required
def escalations(request: HttpRequest) -> HttpResponse:
    """What waits on the reader first, then what they raised, then what they may follow."""
    person, on = person_of(request), day_of(moment_of(request))
    seen = escalations_visible_to(person)
    show = request.GET.get("show", "open")
    if "export" in request.GET:
        rows = in_order(seen if show == "all" else open_ones(seen))
        return spreadsheet(
            "Escalations",
            COLUMNS,
            (cells_of(case) for case in rows),
            notes=(f"As far as {person.name} may see, {long_date(on)}.",),
        )
    mine = waiting_on(person)
    others = (seen if show == "all" else open_ones(seen)).exclude(pk__in=mine.values("pk"))
    raised = others.filter(raised_by=person)
    page = page_of(in_order(others.exclude(raised_by=person)), request)
    return render(
        request,
        "escalations/list.html",
        {
            "waiting": lines_of(in_order(mine)[:100]),
            "waiting_count": mine.count(),
            "raised": lines_of(in_order(raised)[:100]),
            "raised_count": raised.count(),
            "page": page,
            "others": lines_of(page.object_list),
            "show": show,
            "tabs": tabs("escalations", request),
        },
    )


#: Who follows concerns across teams.
FOLLOWERS = (
    Role.TEAM_MANAGER,
    Role.SERVICE_MANAGER,
    Role.DIRECTOR,
    Role.IRO_MANAGER,
    Role.HOST_OFFICER,
)


def follows_teams(request: HttpRequest) -> bool:
    held = roles_held(person_of(request), day_of(moment_of(request)))
    return bool(held & set(FOLLOWERS))


def keeps_a_directory(request: HttpRequest) -> bool:
    """Whether the reader keeps whom to call at an authority or a home."""
    held = roles_held(person_of(request), day_of(moment_of(request)))
    return bool(held & {*actions.KEEPS_DIRECTORY, Role.REGISTERED_MANAGER})


def tabs(current: str, request: HttpRequest) -> list[dict[str, Any]]:
    """The pages of this room that are open to the reader."""
    closed = {
        "escalations_overview": not follows_teams(request),
        "who_answers": not keeps_a_directory(request),
    }
    return [
        {"label": label, "url": reverse(name), "is_current": name == current}
        for label, name in (
            ("My escalations", "escalations"),
            ("Across teams", "escalations_overview"),
            ("Who to call", "who_to_call"),
            ("Who answers for us", "who_answers"),
            ("Ladders", "ladders"),
            ("Meetings about homes", "setting_meetings"),
        )
        if not closed.get(name)
    ]


def lines_of(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """What a list says of each concern."""
    return [
        {
            "case": case,
            "about": told.about_words(case),
            "stands": told.line_words(case, stage_of(case)),
            "state": case.stands_at,
            "level": stage.level if (stage := stage_of(case)) else "",
        }
        for case in rows
    ]


def cells_of(case: Escalation) -> tuple[Any, ...]:
    stage = stage_of(case)
    return (
        told.about_words(case),
        case.from_name,
        case.to_name,
        told.in_a_cell(case, stage),
        day_of(case.opened_at),
        case.ladder_name,
    )


# Raising


@dataclass(frozen=True)
class Raising:
    """A concern that is being raised: by whom, about whom, from where they stand."""

    person: Person
    at: datetime
    child: Child | None
    setting: Setting | None
    came_from: str
    standing: Standing
    ladders: Mapping[Kind, Ladder]
    form: forms.Raise

    @property
    def subject(self) -> str:
        return about_whom(self.child, self.setting)


@login_required
def raise_one(request: HttpRequest) -> HttpResponse:
    """Raises a concern from wherever the reader came: one page, check, sent."""
    person = person_of(request)
    child, setting = subject_of(request, person)
    if child is None and setting is None:
        return choose_subject(request, person)
    raising = begin(request, person, child, setting)
    form = raising.form
    if request.method == "POST" and "change" not in request.POST and form.is_valid():
        if "send" not in request.POST:
            return render(request, "escalations/check.html", check_context(request, raising))
        case = send(raising)
        if case is not None:
            messages.success(request, sent_words(case))
            return redirect("escalation", case.pk)
    return render(
        request,
        "escalations/raise.html",
        {
            "form": form,
            "subject": raising.subject,
            "back_url": back_of(child),
        },
    )


def choose_subject(request: HttpRequest, person: Person) -> HttpResponse:
    """Asks about whom, when the address does not say it."""
    return render(
        request,
        "escalations/raise_about.html",
        {
            "children": children_visible_to(person).order_by("name", "pk")[:MOST_OFFERED],
            "homes": homes_known_to(person).order_by("name", "pk")[:MOST_OFFERED],
        },
    )


def begin(
    request: HttpRequest, person: Person, child: Child | None, setting: Setting | None
) -> Raising:
    """Where the reader stands, whom they may ask from there, and how it would go up.

    :raises NotNow: from what is recorded, there is nobody they can ask.
    """
    at = moment_of(request)
    standing = standing_of(person, child, setting, day_of(at))
    kinds = kind_words(standing)
    if not kinds:
        raise NotNow(
            "From what is recorded, there is no other agency that you can ask about this here. "
            "Somebody with a part for the child can raise it."
        )
    ladders = {kind: ladder_of(kind, standing) for kind in kinds}
    form = forms.Raise(sent(request)).offer(kinds, ladders)
    came_from = request.GET.get("about", "")[:60]
    return Raising(person, at, child, setting, came_from, standing, ladders, form)


def ladder_of(kind: Kind, standing: Standing) -> Ladder:
    """The ladder that a concern of this kind would go up by, from where the reader stands."""
    sides = sides_of(kind, standing)
    use = USES.get(kind, Use.CHALLENGE)
    return actions.ladder_for(use, sides.from_authority, sides.to_authority)


def send(raising: Raising) -> Escalation | None:
    """Sends it; what was refused stands beside its question."""
    try:
        return actions.raise_concern(
            **facts_of(raising),
            child=raising.child,
            setting=raising.setting,
            came_from=raising.came_from,
            by=raising.person,
            at=raising.at,
        )
    except FactRefused as refusal:
        put_refusal_on(raising.form, refusal)
        return None


def about_whom(child: Child | None, setting: Setting | None) -> str:
    if child is not None:
        return child.name
    return setting.name if setting is not None else ""


def subject_of(request: HttpRequest, person: Person) -> tuple[Child | None, Setting | None]:
    """The child or the home in the address, as far as the reader knows of it.

    :raises Http404: one that the reader may not know of.
    """
    child_id, setting_id = request.GET.get("child", ""), request.GET.get("setting", "")
    child = setting = None
    if child_id:
        child = get_object_or_404(
            children_visible_to(person).select_related("authority"), pk=number_of(child_id)
        )
    elif setting_id:
        setting = get_object_or_404(
            homes_known_to(person).select_related("host_authority"), pk=number_of(setting_id)
        )
    return child, setting


def number_of(words: str) -> int:
    """:raises Http404: it can be no number of a row."""
    if not (words.isascii() and words.isdigit() and len(words) < 18):
        raise Http404
    return int(words)


def back_of(child: Child | None) -> str:
    return reverse("child", args=[child.pk]) if child is not None else reverse("escalations")


def kind_words(standing: Standing) -> dict[Kind, str]:
    """Who may be asked from here, by name."""
    home = standing.setting.name if standing.setting else "the home"
    placing = standing.placing_authority.name if standing.placing_authority else ""
    host = standing.host_authority.name if standing.host_authority else ""
    words = {
        Kind.IRO_DISPUTE: f"{placing}, in a formal dispute of the IRO",
        Kind.PLACING_HOST: f"{host}, where the child lives",
        Kind.HOST_PLACING: f"{placing}, which placed the child",
        Kind.HOME_PLACING: f"{placing}, which placed the child",
        Kind.ADVOCATE_HOST: f"{host}, about the home. No child is named on a record",
        Kind.PROFESSIONAL: f"{home}",
    }
    return {kind: words[kind] for kind in standing.kinds()}


def facts_of(raising: Raising) -> dict[str, Any]:
    given = dict(raising.form.cleaned_data)
    return {
        "kind": given["kind"],
        "concern": given["concern"],
        "wanted": given["wanted"],
        "wanted_by": given["wanted_by"],
        "is_immediate_risk": bool(given["is_immediate_risk"]),
        "risk": given.get("risk") or "",
        "rung": given["rung"] if given["is_immediate_risk"] else 0,
    }


def check_context(request: HttpRequest, raising: Raising) -> dict[str, Any]:
    """What is about to be sent, to be read once more."""
    facts = facts_of(raising)
    kind = Kind(facts["kind"])
    sides, ladder = sides_of(kind, raising.standing), raising.ladders[kind]
    asked = sides.to_authority or sides.to_setting
    rows = [
        told.row("About", raising.subject),
        told.row("Asked of", asked.name if asked else ""),
        told.row("What worries you", facts["concern"]),
        told.row("What should happen", facts["wanted"]),
        told.row("By when", long_date(facts["wanted_by"]) or "Not said"),
        told.row("Immediate risk", facts["risk"] or "No"),
        told.row("Starts with", capital(ladder.rungs[facts["rung"]].words)),
        told.row("Goes up by", f"{ladder.name}. {forms.rungs_words(ladder)}"),
    ]
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]
    return {"rows": rows, "kept": kept, "form": raising.form}


def sent_words(case: Escalation) -> str:
    stage = actions.current_stage(case)
    if not stage.found_somebody:
        return f"Kept, but nobody at {case.to_name} could be told here. Call them now."
    passed = case.stages.filter(found_somebody=False).values_list("level", flat=True)
    missing = f"Nobody could be told at: {listed(list(passed))}. " if passed else ""
    return f"{missing}Sent to {told.with_whom(stage)}. You will be told when they have it."


# One concern


@login_required
def escalation(request: HttpRequest, escalation_id: int) -> HttpResponse:
    """One concern: where it stands, its ladder, the thread, and one's own notes."""
    case, looking = open_matter(request, TABLE.name, escalation_id, related=RELATED)
    rows = Stage.objects.select_related("received_by", "answered_by").prefetch_related(
        Prefetch("addressees", Addressee.objects.select_related("person"))
    )
    stages = list(rows.filter(escalation=case).order_by("number"))
    due = {row.key: row for row in Deadline.objects.filter(about=case.about)}
    current = stages[-1] if stages else None
    response = due.get(f"response:{current.number}") if current is not None else None
    answer_by = response.due_on if response is not None else None
    side = side_of(looking.person, case, looking.roles)
    said = Event.objects.filter(about=case.about, name__startswith="escalations.").order_by("pk")
    return render(
        request,
        "escalations/escalation.html",
        {
            "case": case,
            "title": f"{case.from_name} asks {case.to_name}",
            "about": told.about_words(case),
            "child_url": child_url(case, looking),
            "came_from": told.came_from_of(case, looking.person),
            "stands": told.where_it_stands(case, stages, answer_by),
            "waits_on_me": told.waits_on(case, looking),
            "standing_due": [
                row for row in due.values() if row.is_standing and row.key in keys_now(current)
            ],
            "summary": told.summary_of(case),
            "steps": told.steps_of(case, looking, steps_open_to(case, looking)),
            "ladder": told.ladder_of(case, stages, answer_by),
            "ladder_words": told.ladder_words(case),
            "thread": told.thread_of(case, said),
            "exits": case.exits.select_related("by"),
            "side": side,
            "notes": notes_visible_to(looking.person, case, looking.roles) if side else [],
            "may_write": bool(looking.roles),
            "message_form": forms.Words(),
            "note_form": forms.PrivateNote(),
        },
    )


def keys_now(stage: Stage | None) -> set[str]:
    if stage is None:
        return set()
    keys = ("receipt", "response", "acceptance", "promise")
    return {"dispute", *(f"{key}:{stage.number}" for key in keys)}


def child_url(case: Escalation, looking: Looking) -> str:
    if case.child is None or depth_of(looking.person, case.child) is None:
        return ""
    return reverse("child", args=[case.child_id])


@login_required
@require_POST
def message(request: HttpRequest, escalation_id: int) -> HttpResponse:
    """Writes to both sides."""
    return write(request, escalation_id, forms.Words, actions.write_message, "Sent to both sides.")


@login_required
@require_POST
def note(request: HttpRequest, escalation_id: int) -> HttpResponse:
    """Keeps a note for the reader's own side."""
    return write(
        request,
        escalation_id,
        forms.PrivateNote,
        actions.keep_note,
        "Kept for your own side. The other side does not see it.",
    )


def write(
    request: HttpRequest,
    escalation_id: int,
    kind: type[Form],
    act: Callable[..., object],
    done: str,
) -> HttpResponse:
    case, looking = open_matter(request, TABLE.name, escalation_id, related=RELATED)
    form = kind(sent(request))
    label = str(form.fields["words"].label)
    return ask(
        request,
        form,
        lambda: act(escalation=case, **form.cleaned_data, **looking.how),
        title=label,
        button="Send" if kind is forms.Words else "Keep",
        done=done,
        back_url=reverse("escalation", args=[case.pk]),
    )


# Steps


@login_required
def step(request: HttpRequest, escalation_id: int, step: str) -> HttpResponse:
    """Takes one step of a concern."""
    name = step.replace("-", "_")
    if name not in told.STEP_WORDS:
        raise Http404
    case, looking = open_matter(request, TABLE.name, escalation_id, related=RELATED)
    require_step(case, looking, name)
    form, act, done, asked_as = STEPS[name](request, case, looking)
    # A door outside is never closed because somebody else did something meanwhile.
    expects = {} if name == "go_outside" else {"expects": version_read(request)}
    return ask(
        request,
        form,
        lambda: act(escalation=case, **form.cleaned_data, **looking.how, **expects),
        title=told.STEP_WORDS[name],
        button=told.STEP_WORDS[name],
        done=done,
        back_url=reverse("escalation", args=[case.pk]),
        case=case,
        asked_as=asked_as,
        intro=INTRO.get(name, ""),
    )


INTRO = {
    "receive": "It says by name who has this. It is not an answer yet.",
    "accept": "It stays open until you say that it is resolved.",
    "go_outside": "You can do this at any time. The concern stays open, and both sides are told.",
    "skip": "It goes there now. The levels between are passed over.",
    "resolve": "Only you can say this.",
}
Asked = tuple[Form, Callable[..., object], str, dict[str, str]]


def nothing(act: Callable[..., object], done: str) -> Callable[..., Asked]:
    return lambda request, case, looking: (forms.Nothing(sent(request)), act, done, {})


def reason(label: str, error: str, act: Callable[..., object], done: str) -> Callable[..., Asked]:
    return lambda request, case, looking: (
        forms.Reason(sent(request)).called(label, error),
        act,
        done,
        {"ended_how": "reason"},
    )


def ending(label: str, error: str, act: Callable[..., object], done: str) -> Callable[..., Asked]:
    return lambda request, case, looking: (
        forms.End(sent(request)).called(label, error),
        act,
        done,
        {},
    )


def skipping(request: HttpRequest, case: Escalation, looking: Looking) -> Asked:
    stage = actions.current_stage(case)
    lowest = stage.rung if not stage.found_somebody else stage.rung + 1
    above = [(n, rung.words) for n, rung in enumerate(case.ladder) if n >= lowest]
    return (
        forms.Skip(sent(request)).offer(above),
        actions.skip_level,
        "Sent on.",
        {},
    )


def outside(request: HttpRequest, case: Escalation, looking: Looking) -> Asked:
    is_iro = Role.IRO in looking.roles or (
        case.kind == Kind.IRO_DISPUTE and case.raised_by_id == looking.person.pk
    )
    form = forms.TakeOutside(sent(request), is_iro=is_iro)
    return form, actions.go_outside, "Kept. Both sides have been told.", {}


def answering(request: HttpRequest, case: Escalation, looking: Looking) -> Asked:
    form = forms.Answer(sent(request), initial={"promised_by_whom": looking.person.name})
    done = f"Answered. {case.raised_by.name} says whether that is enough."
    return form, actions.answer_concern, done, {}


STEPS: dict[str, Callable[..., Asked]] = {
    "receive": nothing(actions.confirm_receipt, "Confirmed. They have been told your name."),
    "answer": answering,
    "accept": nothing(actions.accept_answer, "Accepted. It stays open until it is carried out."),
    "take_up": reason(
        "Why is the answer not enough?",
        "Say why the answer is not enough",
        actions.take_up,
        "Sent to the next level.",
    ),
    "skip": skipping,
    "go_outside": outside,
    "resolve": ending(
        "What was agreed?", "Say what was agreed", actions.resolve_concern, "It is resolved."
    ),
    "disagree": ending(
        "What do you still disagree about?",
        "Say what you still disagree about",
        actions.disagree,
        "Closed, with the disagreement recorded.",
    ),
    "withdraw": lambda request, case, looking: (
        forms.Withdraw(sent(request)),
        actions.withdraw_concern,
        "Withdrawn. It stays on the record.",
        {},
    ),
    "void": reason(
        "What was entered in error?",
        "Say what was entered in error",
        actions.void_concern,
        "Marked as entered in error.",
    ),
}
