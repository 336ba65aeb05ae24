"""Contact with family and others: what was agreed, what took place, and who comes into a home."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from backend.casework.errors import NotNow
from backend.casework.gate import may_take
from backend.grammar.events import Depth
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.records.models import Relative
from frontend.context import moment_of
from frontend.forms import Form
from frontend.pages.children.edits import require
from frontend.pages.children.opening import Opened, open_child, person_of
from frontend.pages.children.told import row
from frontend.pages.contact import eyes, forms
from frontend.pages.reviews.asking import answers_of, ask, version_read
from frontend.parts.lists import page_of
from frontend.parts.spreadsheet import spreadsheet
from frontend.parts.words import long_date
from workflows.contact import actions
from workflows.contact.models import Contact, ContactPlan, Outcome
from workflows.contact.queries import (
    contacts_visible_to,
    footfall_of,
    plans_of,
    plans_visible_to,
    settings_with_footfall_for,
)
from workflows.contact.table import AGREED, PLANNERS, SUSPENDED, TABLE

TAB = "child_contact"
IN_FORCE = (str(AGREED), str(SUSPENDED))
COLOURS = {"planned": "blue", "done": "green", "missed": "orange", "void": "grey"}
FOOTFALL_MONTHS = 12
PLAN_WORDS = {
    "suspend": "Set aside for now",
    "resume": "Take up again",
    "end": "End",
    "void": "Entered in error",
}


def open_for_contact(request: HttpRequest, child_id: int, *, page: str = "") -> Opened:
    """A child as those who keep the record see them, or the home that enters contact.

    :raises Http404: somebody who reads only the card and does not run the home.
    """
    opened = open_child(request, child_id, page=page, needs=Depth.CARD)
    if opened.depth != Depth.RECORD and not opened.plays(Role.REGISTERED_MANAGER):
        raise Http404
    return opened


@login_required
def contact(request: HttpRequest, child_id: int) -> HttpResponse:
    """What was agreed about contact, and what took place, as far as the reader may see."""
    opened = open_for_contact(request, child_id, page="contact")
    child = opened.child
    is_record = opened.depth == Depth.RECORD
    rows = contacts_visible_to(opened.person).filter(child=child)
    page = page_of(
        rows.select_related("plan__relative", "recorded_by").order_by("-on", "-pk"), request
    )
    plans = list(plans_of(child)) if is_record else []
    return render(
        request,
        "contact/contact.html",
        opened.context(
            TAB,
            plans=[plan_card(one, opened) for one in plans],
            page=page,
            entries=[entry_of(one, opened) for one in page.object_list],
            steps=steps_of(opened),
        ),
    )


def steps_of(opened: Opened) -> list[dict[str, Any]]:
    steps = []
    if opened.plays(*actions.KEEPS_LOG):
        steps += [
            ("Record contact", "contact_record", True),
            ("Contact did not take place", "contact_missed", False),
            ("Plan a contact", "contact_arrange", False),
        ]
    if opened.plays(*PLANNERS):
        steps.append(("Agree how to keep in touch", "contact_agree", False))
        steps.append(("Add somebody in the child's life", "contact_people", False))
    return [
        {"label": label, "url": reverse(name, args=[opened.child.pk]), "is_primary": is_primary}
        for label, name, is_primary in steps
    ]


def plan_card(plan: ContactPlan, opened: Opened) -> dict[str, Any]:
    """What was agreed with one person, the child's wish first."""
    rows = [
        row("What the child says or shows about it", plan.childs_wish),
        row("Agreed", f"{plan.get_way_display()}, at least every {plan.every_days} days"),
        row("From", long_date(plan.started_on)),
        row("Agreed by", plan.agreed_by),
        row("Supervised", plan.is_supervised),
        row("Restricted by a court order", plan.restriction or "No"),
    ]
    rows += [
        row(
            "Set aside",
            f"{long_date(pause.started_on)} to {long_date(pause.ended_on) or 'now'}, by "
            f"{pause.by.name}: {pause.reason}",
        )
        for pause in plan.suspensions.all()
    ]
    if plan.ended_on is not None:
        rows.append(row("Ended", f"{long_date(plan.ended_on)}: {plan.reason}"))
    elif plan.reason:
        rows.append(row("In error because", plan.reason))
    steps = {step.name for step in may_take(plan, opened.parts)}
    return {
        "plan": plan,
        "title": f"{plan.relative.name}, {plan.relative.relationship}",
        "rows": rows,
        "actions": [
            {"label": label, "url": reverse("contact_plan_step", args=[plan.pk, name])}
            for name, label in PLAN_WORDS.items()
            if name in steps
        ],
    }


def entry_of(one: Contact, opened: Opened) -> dict[str, Any]:
    """One line of the log, and what may be done with it."""
    steps = []
    keeps = opened.plays(*actions.KEEPS_LOG)
    query = f"?contact={one.pk}"
    ids = [one.child_id]
    if one.outcome == Outcome.PLANNED and keeps:
        steps.append(("It took place", reverse("contact_record", args=ids) + query))
        steps.append(("It did not", reverse("contact_missed", args=ids) + query))
    if one.outcome != Outcome.VOID:
        if one.plan_id is None and opened.plays(*PLANNERS):
            steps.append(("Put it under a plan", reverse("contact_link", args=[one.pk])))
        if opened.plays(*actions.STRIKES_OUT) or (keeps and one.recorded_by_id == opened.person.pk):
            steps.append(("Entered in error", reverse("contact_strike_out", args=[one.pk])))
    return {
        "contact": one,
        "colour": COLOURS[one.outcome],
        "has_passed": one.outcome == Outcome.PLANNED and one.on < opened.on,
        "steps": [{"label": label, "url": url} for label, url in steps],
    }


# Plans


@login_required
def name_relative(request: HttpRequest, child_id: int) -> HttpResponse:
    """Puts somebody of the child's family, or close to them, on the record."""
    opened = open_child(request, child_id)
    require(opened, PLANNERS, "name people in this child's life")
    form = forms.NameRelative(answers_of(request))
    return ask(
        request,
        opened,
        form,
        lambda: actions.name_relative(
            child=opened.child, by=opened.person, at=opened.at, **form.cleaned_data
        ),
        title="Somebody in the child's life",
        button="Add",
        done="Added. You can now agree how they keep in touch.",
        back_url=reverse(TAB, args=[child_id]),
        tab=TAB,
    )


@login_required
def agree(request: HttpRequest, child_id: int) -> HttpResponse:
    """Keeps what was agreed about contact with one person."""
    opened = open_child(request, child_id)
    require(opened, PLANNERS, "agree contact for this child")
    relatives = {str(one.pk): one for one in Relative.objects.filter(child=opened.child)}
    form = forms.Agree(answers_of(request), initial={"started_on": opened.on})
    form.offer(relatives.values())

    def take() -> object:
        given = dict(form.cleaned_data)
        given["relative"] = relatives[given["relative"]]
        given["restriction"] = given["restriction"] or ""
        return actions.agree_plan(child=opened.child, by=opened.person, at=opened.at, **given)

    people_url = reverse("contact_people", args=[child_id])
    if not relatives:
        raise NotNow(
            f"Nobody in {opened.child.name}'s life is on the record yet. Add them first, on the "
            "page about contact."
        )
    return ask(
        request,
        opened,
        form,
        take,
        title="Agree how to keep in touch",
        button="Agree",
        done="The plan is agreed.",
        back_url=reverse(TAB, args=[child_id]),
        tab=TAB,
        people_url=people_url,
    )


PlanStep = tuple[Form, Callable[..., object], str]


def plan_form(request: HttpRequest, plan: ContactPlan, step: str, opened: Opened) -> PlanStep:
    sent, day = answers_of(request), opened.on
    if step == "suspend":
        return (
            forms.SetAside(sent, initial={"started_on": day}),
            actions.suspend_plan,
            "Contact is set aside.",
        )
    if step == "resume":
        return (
            forms.TakeUp(sent, initial={"resumed_on": day}),
            actions.resume_plan,
            "Contact is taken up again.",
        )
    if step == "end":
        return (
            forms.EndPlan(sent, initial={"ended_on": day}),
            actions.end_plan,
            "The plan has ended.",
        )
    if step == "void":
        return forms.InError(sent), actions.void_plan, "Marked as entered in error."
    raise Http404


@login_required
def plan_step(request: HttpRequest, plan_id: int, step: str) -> HttpResponse:
    """Sets a plan aside, takes it up again, or ends it."""
    plan = get_object_or_404(
        plans_visible_to(person_of(request)).select_related("relative"), pk=plan_id
    )
    opened = open_child(request, plan.child_id)
    form, act, done = plan_form(request, plan, step, opened)
    wanted = TABLE[step]
    require(opened, wanted.who, f"take the step “{wanted.words.lower()}”")
    if request.method != "POST" and plan.state not in wanted.when:
        raise NotNow(
            f"This plan is now: {plan.stands_at.label.lower()}. “{wanted.words}” is not possible."
        )
    return ask(
        request,
        opened,
        form,
        lambda: act(
            plan=plan,
            by=opened.person,
            at=opened.at,
            expects=version_read(request),
            **form.cleaned_data,
        ),
        title=wanted.words,
        button=wanted.words,
        done=done,
        back_url=reverse(TAB, args=[plan.child_id]),
        tab=TAB,
        version=version_read(request) or plan.version,
        current_version=plan.version,
        intro=forms.plan_words(plan),
    )


# The log


def planned_contact(request: HttpRequest, opened: Opened) -> Contact | None:
    """The planned contact that is being settled, when one was named."""
    number = request.GET.get("contact", "")
    if not number.isdecimal() or len(number) > 17:
        return None
    rows = contacts_visible_to(opened.person).filter(child=opened.child)
    found: Contact = get_object_or_404(rows, pk=int(number))
    return found


def plans_to_choose(opened: Opened) -> dict[str, ContactPlan]:
    """The plans an entry may be put under; a home does not read them."""
    if opened.depth != Depth.RECORD:
        return {}
    rows = plans_of(opened.child).filter(state__in=IN_FORCE)
    return {str(plan.pk): plan for plan in rows}


def ask_entry(
    request: HttpRequest,
    child_id: int,
    kind: type[forms.Entry],
    act: Callable[..., object],
    *,
    title: str,
    button: str,
    done: str,
    settles: bool = True,
) -> HttpResponse:
    opened = open_for_contact(request, child_id)
    require(opened, actions.KEEPS_LOG, "enter contact for this child")
    contact = planned_contact(request, opened) if settles else None
    plans = plans_to_choose(opened)
    form = kind(answers_of(request), initial={"on": opened.on, **forms.standing(contact)}).offer(
        plans.values()
    )

    def take() -> object:
        given = dict(form.cleaned_data)
        given["plan"] = plans.get(given.get("plan") or "")
        if isinstance(form, forms.Missed):
            given.pop("where")
        if settles:
            given["contact"] = contact
        return act(child=opened.child, by=opened.person, at=opened.at, **given)

    return ask(
        request,
        opened,
        form,
        take,
        title=title,
        button=button,
        done=done,
        back_url=reverse(TAB, args=[child_id]),
        tab=TAB,
    )


@login_required
def arrange(request: HttpRequest, child_id: int) -> HttpResponse:
    """Keeps that contact is planned for a day."""
    return ask_entry(
        request,
        child_id,
        forms.Arrange,
        actions.arrange_contact,
        title="Plan a contact",
        button="Plan it",
        done="Planned. Record afterwards whether it took place.",
        settles=False,
    )


@login_required
def record(request: HttpRequest, child_id: int) -> HttpResponse:
    """Records that contact took place."""
    return ask_entry(
        request,
        child_id,
        forms.Record,
        actions.record_contact,
        title="Record contact",
        button="Record",
        done="Contact recorded.",
    )


@login_required
def missed(request: HttpRequest, child_id: int) -> HttpResponse:
    """Records that expected contact did not take place."""
    return ask_entry(
        request,
        child_id,
        forms.Missed,
        actions.miss_contact,
        title="Contact did not take place",
        button="Record",
        done="Recorded. The social worker has been told.",
    )


@login_required
def strike_out(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Marks a contact as entered in error."""
    one = get_object_or_404(contacts_visible_to(person_of(request)), pk=contact_id)
    opened = open_for_contact(request, one.child_id)
    require(opened, actions.KEEPS_LOG, "strike out this entry")
    form = forms.InError(answers_of(request))
    return ask(
        request,
        opened,
        form,
        lambda: actions.strike_out_contact(
            contact=one, by=opened.person, at=opened.at, **form.cleaned_data
        ),
        title="Mark contact as entered in error",
        button="Mark as entered in error",
        done="Marked as entered in error. It stays on the log.",
        back_url=reverse(TAB, args=[one.child_id]),
        tab=TAB,
        intro=f"{long_date(one.on)}: {one.name}, {one.get_way_display().lower()}",
    )


@login_required
def link(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Puts a contact under a plan."""
    one = get_object_or_404(contacts_visible_to(person_of(request)), pk=contact_id)
    opened = open_child(request, one.child_id)
    require(opened, PLANNERS, "put contact under a plan")
    plans = plans_to_choose(opened)
    if not plans:
        raise NotNow("No plan is in force for this child. Agree how to keep in touch first.")
    form = forms.Link(answers_of(request)).offer(plans.values())
    return ask(
        request,
        opened,
        form,
        lambda: actions.link_contact(
            contact=one, plan=plans[form.cleaned_data["plan"]], by=opened.person, at=opened.at
        ),
        title="Put contact under a plan",
        button="Put it under the plan",
        done="The contact now counts under the plan.",
        back_url=reverse(TAB, args=[one.child_id]),
        tab=TAB,
        intro=f"{long_date(one.on)}: {one.name}, {one.get_way_display().lower()}",
    )


# Outside eyes


@login_required
def footfall(request: HttpRequest, setting_id: int) -> HttpResponse:
    """Who from outside saw the children of a home, month by month."""
    person, on = person_of(request), day_of(moment_of(request))
    home = get_object_or_404(settings_with_footfall_for(person), pk=setting_id)
    months = footfall_of([home.pk], months=FOOTFALL_MONTHS, on=on)
    if "export" in request.GET:
        return spreadsheet(
            f"Outside eyes {home.name}",
            eyes.COLUMNS,
            (eyes.export_row(month) for month in months),
            notes=(f"{home.name}, {long_date(on)}. Only what was recorded.",),
        )
    return render(
        request,
        "contact/footfall.html",
        {
            "setting": home,
            "months": [eyes.month_of(month) for month in months],
            "chart": eyes.chart_of(months),
        },
    )
