"""Alerts: the list, the whole ladder of one, and what people do about it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from backend.access.models import Allocation, Person
from backend.access.parts import current
from backend.access.readlog import log_read
from backend.access.visibility import why_visible
from backend.alerts import actions
from backend.alerts.checks import answer_awaited
from backend.alerts.ladder import doers_of, family_words
from backend.alerts.models import NAMES, Alert
from backend.alerts.queries import alerts_for, alerts_visible_to
from backend.alerts.story import ladder_of
from backend.alerts.table import TABLE
from backend.casework.errors import FactRefused, MovedOn, NotNow
from backend.casework.gate import may_take, require_part_in
from backend.casework.people import ALLOCATES
from backend.deadlines.models import Deadline
from backend.deadlines.queries import STANDING
from backend.events.models import Event
from backend.grammar.events import Depth
from backend.grammar.moments import day_of
from backend.grammar.roles import LABELS, Role
from backend.records.models import Team
from frontend.context import moment_of
from frontend.forms import Form
from frontend.pages.alerts import forms, told
from frontend.pages.children.opening import person_of, sent
from frontend.pages.children.told import entry_of
from frontend.pages.reviews.asking import KEPT, version_read
from frontend.parts.identity import identity_of, placement_on
from frontend.parts.lists import page_of, remembered_query
from frontend.parts.refusals import put_refusal_on
from frontend.parts.spreadsheet import spreadsheet
from frontend.parts.words import capital, listed, long_date

#: Steps that stand beside what others said, whatever changed meanwhile.
ADDS = ("receive", "ask")
#: Pages from which a step is taken with one click.
BOARDS = ("board_manager", "board_director")


@login_required
def alerts(request: HttpRequest) -> HttpResponse:
    """Every alert that the reader may see, the oldest first."""
    person, on = person_of(request), day_of(moment_of(request))
    query = in_force(remembered_query(request, "alerts"))
    form = forms.AlertFilters(query)
    every = alerts_visible_to(person)
    offer_choices(form, every, on)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = narrowed(every, chosen, person, on).order_by("passed_at", "pk")
    if "export" in request.GET:
        return export(person, found, on)
    page = page_of(told.for_lists(found), request)
    return render(
        request,
        "alerts/alerts.html",
        {
            "form": form,
            "query": query,
            "page": page,
            "rows": told.rows_of(list(page.object_list), on),
            "total": every.filter(state__in=NAMES).count(),
            "export_query": query.urlencode(),
        },
    )


def in_force(query: QueryDict) -> QueryDict:
    """What is not ended, unless the reader asked otherwise; the form shows it as chosen."""
    if query:
        return query
    shown = query.copy()
    shown["state"] = forms.STANDING
    return shown


def offer_choices(form: forms.AlertFilters, every: QuerySet[Alert], on: date) -> None:
    children = every.filter(state__in=NAMES, child__isnull=False).order_by().values("child")
    teams = Team.objects.filter(children__in=children).order_by("name").distinct()
    held = Allocation.objects.filter(current(on), child__in=children, role=Role.SOCIAL_WORKER)
    workers: list[tuple[int | str, str]] = list(
        Person.objects.filter(pk__in=held.values("person")).values_list("pk", "name")
    )
    workers.append((forms.NOBODY, told.NOBODY))
    form.offer(team=list(teams.values_list("pk", "name")), worker=workers)


def narrowed(
    rows: QuerySet[Alert], chosen: dict[str, Any], person: Person, on: date
) -> QuerySet[Alert]:
    """The alerts that fit what was chosen."""
    if states := chosen.get("state"):
        wanted = {one for one in states if one != forms.STANDING}
        rows = rows.filter(state__in=wanted | (set(NAMES) if forms.STANDING in states else set()))
    if families := chosen.get("family"):
        rows = rows.filter(family__in=families)
    if steps := chosen.get("step"):
        reached = Q(reached__in=[int(one) for one in steps])
        rows = rows.filter(reached | Q(reached__gt=3) if "3" in steps else reached)
    if teams := chosen.get("team"):
        rows = rows.filter(child__team__in=teams)
    if workers := chosen.get("worker"):
        rows = rows.filter(of_workers(workers, on), child__isnull=False)
    if chosen.get("mine"):
        rows = rows.filter(pk__in=alerts_for(person, on).order_by().values("pk"))
    return rows


def of_workers(workers: list[str], on: date) -> Q:
    held = Allocation.objects.filter(current(on), child=OuterRef("child"), role=Role.SOCIAL_WORKER)
    named = [one for one in workers if one != forms.NOBODY]
    theirs = Q(Exists(held.filter(person__in=named)))
    return theirs | ~Q(Exists(held)) if forms.NOBODY in workers else theirs


def export(person: Person, found: QuerySet[Alert], on: date) -> HttpResponse:
    rows = told.rows_of(list(told.for_lists(found)), on)
    return spreadsheet(
        "Alerts",
        told.EXPORT_COLUMNS,
        (told.export_row(row) for row in rows),
        notes=(f"Alerts that {person.name} may see, {long_date(on)}.",),
    )


# One alert


@dataclass(frozen=True)
class OpenedAlert:
    """An alert as it is open to one person at one moment."""

    alert: Alert
    person: Person
    at: datetime
    on: date
    parts: frozenset[Role]

    def context(self, **more: Any) -> dict[str, Any]:
        """What every page of an alert needs."""
        alert = self.alert
        identity = None
        if alert.child is not None:
            identity = identity_of(alert.child, placement_on(alert.child, self.on), self.on)
        return {
            "alert": alert,
            "identity": identity,
            "subject": told.subject_of(alert),
            "subject_url": told.subject_url(alert),
            "family": family_words(alert.family),
            "url": reverse("alert", args=[alert.pk]),
            **more,
        }


def open_alert(request: HttpRequest, pk: int) -> OpenedAlert:
    """The alert as this person may see it; every look is kept in the log.

    :raises Http404: there is none that the person may know of.
    """
    person, at = person_of(request), moment_of(request)
    on = day_of(at)
    rows = alerts_visible_to(person).select_related("child__authority", "child__team")
    alert = get_object_or_404(rows.prefetch_related("answers__by", "snoozes__by"), pk=pk)
    parts = alert.parts_of(person, on)
    if request.method in ("GET", "HEAD"):
        because = (
            why_visible(person, alert.child, on)
            if alert.child
            else [LABELS[role] for role in sorted(parts)]
        )
        log_read(
            person=person,
            child=alert.child,
            depth=Depth.RECORD if alert.child else Depth.RESTRICTED,
            page=alert.about,
            because=because,
            at=at,
        )
    return OpenedAlert(alert, person, at, on, parts)


@login_required
def alert(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole ladder of an alert: done, now, next and when; and what was said to it."""
    opened = open_alert(request, pk)
    one = opened.alert
    spoken = list(Deadline.objects.filter(alerted__alert=one).order_by("due_on", "pk"))
    owed = [row for row in spoken if row.status in STANDING and row.told_at is not None]
    return render(
        request,
        "alerts/alert.html",
        opened.context(
            passed_on=told.last_day_of(one),
            owed=owed,
            settled=[row for row in spoken if row not in owed],
            count=len(spoken),
            ladder=told.folded(ladder_of(one)),
            ladder_name=one.frozen_ladder.name,
            answer_words=told.answer_words(one),
            step_words=told.step_words(one),
            next_words=told.next_words(one),
            closed_words=told.closed_words(one),
            questions=told.questions_of(one),
            receipts=list(one.receipts.select_related("by")),
            has_seen=one.receipts.filter(by=opened.person).exists(),
            steps=buttons(opened),
            may_receive=takes(opened, "receive"),
            reassign_url=reassign_url(opened),
            happened=[
                entry_of(event) | {"url": ""}
                for event in Event.objects.filter(about=one.about).order_by("-at", "-pk")
            ],
        ),
    )


def takes(opened: OpenedAlert, step: str) -> bool:
    """Whether the reader may take this step now."""
    return step in {row.name for row in may_take(opened.alert, opened.parts)}


def buttons(opened: OpenedAlert) -> list[dict[str, Any]]:
    """What the reader may do now; answering first."""
    return [
        {
            "label": TABLE[name].words,
            "url": reverse("alert_step", args=[opened.alert.pk, name]),
            "is_primary": name == "answer",
        }
        for name in ("answer", "ask", "snooze", "waive")
        if takes(opened, name)
    ]


def reassign_url(opened: OpenedAlert) -> str:
    """Where the child is given to somebody else, for those who may."""
    may = opened.alert.child_id is not None and opened.parts & set(ALLOCATES)
    return reverse("allocate", args=[opened.alert.child_id]) if may else ""


Asked = tuple[Form, Callable[..., object], str]


def asked_at(request: HttpRequest, step: str, opened: OpenedAlert) -> Asked:
    """What a step asks, what takes it, and what is said when it is done."""
    given = sent(request)
    if step == "receive":
        done = "It stands on the alert that you have seen it. The alert goes up all the same."
        return forms.Receive(given), actions.receive_alert, done
    if step == "ask":
        done = "They are asked. If nobody answers within two working days, the alert goes up."
        return forms.Ask(given), actions.ask_about_alert, done
    if step == "answer":
        form = forms.AnswerAlert(given, initial={"doer": opened.person.name, "by_on": opened.on})
        return form, actions.answer_alert, "Your answer stands on the alert."
    if step == "snooze":
        return forms.PutOff(given), actions.snooze_alert, "The alert is put off."
    if step == "waive":
        return forms.Waive(given), actions.waive_alert, "The alert is waived, in your name."
    raise Http404


def way_back(request: HttpRequest, pk: int) -> str:
    """Where somebody goes on: the board they came from, else the alert."""
    came_from = request.POST.get("from", "")
    return reverse(came_from) if came_from in BOARDS else reverse("alert", args=[pk])


@login_required
def alert_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Asks what a step needs, and takes it."""
    opened = open_alert(request, pk)
    form, act, done = asked_at(request, step, opened)
    row = TABLE[step]
    if request.method != "POST" and not takes(opened, step):
        words = row.words.lower()
        require_part_in(opened.alert, opened.person, row.who, opened.at, f"take the step “{words}”")
        raise NotNow(f"This alert is now: {opened.alert.stands_at.label.lower()}.")
    status, version = 200, version_read(request) or opened.alert.version
    if request.method == "POST" and form.is_valid():
        try:
            act(
                alert=opened.alert,
                by=opened.person,
                at=opened.at,
                expects=None if step in ADDS else version_read(request),
                **form.cleaned_data,
            )
        except FactRefused as refusal:
            put_refusal_on(form, refusal)
        except MovedOn as refusal:
            status, version = 412, opened.alert.version
            put_refusal_on(form, refusal)
            form.add_error(None, KEPT)
        except NotNow as refusal:
            status = 409
            put_refusal_on(form, refusal)
        else:
            messages.success(request, done)
            return redirect(way_back(request, pk))
    return render(
        request,
        "alerts/ask.html",
        opened.context(
            form=form,
            title=row.words,
            step=step,
            version=version,
            asks=capital(listed([f"the {LABELS[role]}" for role in doers_of(opened.alert.family)])),
            answer_by=answer_awaited(opened.at),
        ),
        status=status,
    )
