"""The meetings about a home: called by its host, read by every authority with a child there."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from backend.access.matters import matters_visible_to
from backend.access.models import Person
from backend.casework.errors import FactRefused, NotAllowed
from backend.grammar.moments import LONDON, day_of
from backend.records.models import Setting
from frontend.context import moment_of
from frontend.forms import Form
from frontend.pages.children.opening import person_of, sent
from frontend.pages.children.told import row
from frontend.pages.escalations import forms
from frontend.pages.escalations.asking import Looking, ask, open_matter, require_step, steps_open_to
from frontend.pages.escalations.views import tabs
from frontend.pages.reviews.asking import version_read
from frontend.parts.lists import page_of
from frontend.parts.words import long_date, long_moment
from workflows.escalations import actions
from workflows.escalations.models import SettingMeeting
from workflows.escalations.table import MEETINGS

RELATED = ("setting__host_authority", "raised_by")
STEP_WORDS = {
    "hold": "Write the minutes",
    "add_action": "Add an action",
    "rearrange": "Change the day",
    "close": "Close",
    "cancel": "Call it off",
}


@login_required
def meetings(request: HttpRequest) -> HttpResponse:
    """The meetings the reader may know of, and the homes they may call one for."""
    person, on = person_of(request), day_of(moment_of(request))
    rows = matters_visible_to(MEETINGS.name, person).select_related("setting")
    page = page_of(rows.order_by("-meets_at", "-pk"), request)
    return render(
        request,
        "escalations/meetings.html",
        {
            "page": page,
            "homes": homes_hosted_by(person, on),
            "tabs": tabs("setting_meetings", request),
        },
    )


def homes_hosted_by(person: Person, on: Any) -> list[Setting]:
    """The homes about which somebody may call a meeting."""
    held = person.assignments.filter(role__in=actions.CALLS, started_on__lte=on)
    codes = held.exclude(ended_on__lt=on).values("authority")
    return list(Setting.objects.filter(host_authority__in=codes).order_by("name", "pk")[:200])


@login_required
def call(request: HttpRequest, setting_id: int) -> HttpResponse:
    """Calls a meeting about one home."""
    person, at = person_of(request), moment_of(request)
    setting = get_object_or_404(Setting.objects.select_related("host_authority"), pk=setting_id)
    if not actions.may_call(person, setting, day_of(at)):
        raise Http404
    form = forms.Call(sent(request))
    made: list[SettingMeeting] = []

    def take() -> None:
        given = dict(form.cleaned_data)
        made.append(
            actions.call_meeting(
                setting=setting,
                purpose=given["purpose"],
                meets_at=moment_on(given),
                place=given["place"],
                is_ofsted_invited=given["is_ofsted_invited"],
                others_invited=given["others_invited"] or "",
                invited=invited_by(given["advocate"]),
                by=person,
                at=at,
            )
        )

    return ask(
        request,
        form,
        take,
        title=f"Call a meeting about {setting.name}",
        button="Call the meeting",
        done="Called. Every authority with a child there has been told.",
        back_url=reverse("setting_meetings"),
        goes_to=lambda: reverse("setting_meeting", args=[made[0].pk]),
        asked_as={"meets_at": "meets_on", "invited": "advocate"},
        intro="The host authority, and the managers of every authority with a child in this home, "
        "will read this.",
    )


def moment_on(given: dict[str, Any]) -> datetime:
    return datetime.combine(given["meets_on"], given["meets_at"], tzinfo=LONDON)


def invited_by(address: str) -> list[Person]:
    """:raises FactRefused: no account in use has this address."""
    if not address.strip():
        return []
    person = Person.objects.filter(email=address.strip().lower(), is_active=True).first()
    if person is None:
        raise FactRefused("There is no account with this address.", field="advocate")
    return [person]


@login_required
def meeting(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """One meeting: who is asked, what was said, and what each authority does."""
    one, looking = open_matter(request, MEETINGS.name, meeting_id, related=RELATED)
    possible = steps_open_to(one, looking)
    return render(
        request,
        "escalations/meeting.html",
        {
            "meeting": one,
            "summary": summary_of(one),
            "tasks": one.tasks.select_related("authority", "done_by"),
            "may_complete": "complete" in possible,
            "steps": [
                {
                    "label": label,
                    "url": reverse("setting_meeting_step", args=[one.pk, name.replace("_", "-")]),
                    "is_primary": name == "hold",
                }
                for name, label in STEP_WORDS.items()
                if name in possible
            ],
        },
    )


def summary_of(one: SettingMeeting) -> list[dict[str, Any]]:
    rows = [
        row("Home", f"{one.setting.name}, hosted by {one.setting.host_authority.name}"),
        row("When", long_moment(one.meets_at)),
        row("Where", one.place),
        row("What for", one.purpose),
        row("Called by", one.raised_by.name),
        row("Ofsted", "Invited" if one.is_ofsted_invited else "Not invited"),
        row(
            "Also invited",
            "\n".join(
                filter(
                    None,
                    (
                        *(each.person.name for each in one.invited.select_related("person")),
                        one.others_invited,
                    ),
                )
            ),
        ),
    ]
    if one.held_on:
        rows += [
            row("Held on", long_date(one.held_on)),
            row("Who came", one.attended),
            row("Minutes", one.minutes),
        ]
    if one.ended_how:
        rows.append(row("How it ended", one.ended_how))
    return rows


Asked = tuple[Form, Callable[..., object], str]


@login_required
def step(request: HttpRequest, meeting_id: int, step: str) -> HttpResponse:
    """Takes one step of a meeting."""
    name = step.replace("-", "_")
    if name not in STEP_WORDS:
        raise Http404
    one, looking = open_matter(request, MEETINGS.name, meeting_id, related=RELATED)
    require_step(one, looking, name)
    require_part(one, looking, name)
    form, act, done = asked_for(request, one, name)
    version = version_read(request)
    return ask(
        request,
        form,
        lambda: act(meeting=one, **looking.how, expects=version),
        title=STEP_WORDS[name],
        button=STEP_WORDS[name],
        done=done,
        back_url=reverse("setting_meeting", args=[one.pk]),
        case=one,
        asked_as={"meets_at": "meets_on"},
    )


def require_part(one: SettingMeeting, looking: Looking, name: str) -> None:
    """:raises NotAllowed: somebody who may read of it and not do this."""
    if name not in steps_open_to(one, looking):
        raise NotAllowed("This is done by the authority that hosts the home.")


def asked_for(request: HttpRequest, one: SettingMeeting, name: str) -> Asked:
    form: Form
    if name == "hold":
        form = forms.Minutes(sent(request), initial={"held_on": day_of(one.meets_at)})
        return form, with_facts(form, actions.hold_meeting), "Kept. Everybody can read them."
    if name == "add_action":
        form = forms.Agreed(sent(request))
        return form, with_facts(form, actions.agree_action), "Added. They have been told."
    if name == "rearrange":
        form = forms.Rearrange(sent(request), initial={"place": one.place})
        return (
            form,
            lambda **how: actions.rearrange_meeting(
                meets_at=moment_on(form.cleaned_data), place=form.cleaned_data["place"], **how
            ),
            "Changed. Everybody has been told.",
        )
    label = "What came of it?" if name == "close" else "Why is it called off?"
    form = forms.Reason(sent(request)).called(label, "Say why")
    act = actions.close_meeting if name == "close" else actions.cancel_meeting
    return form, with_facts(form, act), "Closed." if name == "close" else "Called off."


def with_facts(form: Form, act: Callable[..., object]) -> Callable[..., object]:
    return lambda **how: act(**form.cleaned_data, **how)


@login_required
def complete(request: HttpRequest, meeting_id: int, action_id: int) -> HttpResponse:
    """Keeps that an action was done."""
    one, looking = open_matter(request, MEETINGS.name, meeting_id, related=RELATED)
    task = get_object_or_404(one.tasks.select_related("authority"), pk=action_id)
    require_step(one, looking, "complete")
    form = forms.Done(sent(request))
    return ask(
        request,
        form,
        lambda: actions.complete_action(
            meeting=one, action=task, **form.cleaned_data, **looking.how
        ),
        title="An action is done",
        button="It is done",
        done="Kept.",
        back_url=reverse("setting_meeting", args=[one.pk]),
        intro=f"{task.owner_name}, {task.authority.name}: {task.what}",
    )
