"""Looking at homes: those somebody answers for, hosts, visits, or has children in."""

from collections.abc import Iterable
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from backend.access.models import Person
from backend.access.parts import living_there, roles_held
from backend.access.visibility import children_visible_to, settings_visible_to
from backend.casework.errors import FactRefused
from backend.grammar.moments import day_of
from backend.records.models import Placement, Setting
from frontend.context import moment_of
from frontend.pages.children.lists import rows_of
from frontend.pages.children.opening import person_of, sent
from frontend.pages.children.told import row
from frontend.pages.settings.forms import Notice, Receipt
from frontend.parts.lists import page_of
from frontend.parts.refusals import put_refusal_on
from frontend.parts.words import count_of
from workflows.contact.queries import settings_with_footfall_for
from workflows.visits.actions import (
    RECEIVES_NOTICES,
    receive_notice,
    receive_regulator_notice,
)
from workflows.visits.queries import authorities_receiving_for


def settings_open_to(person: Person, on: date) -> QuerySet[Setting]:
    """The homes whose picture somebody may see, and those where a child they may see lives."""
    lives = Placement.objects.filter(
        living_there(on), child__in=children_visible_to(person).values("pk"), is_temporary=False
    )
    rows = Setting.objects.filter(pk__in=settings_visible_to(person).values("pk"))
    rows |= Setting.objects.filter(pk__in=lives.values("setting"))
    return rows.select_related("host_authority", "provider").order_by("name", "pk")


def living_at(person: Person, settings: Iterable[int], on: date) -> dict[int, set[int]]:
    """The children that somebody may see, by the home where they live."""
    rows = Placement.objects.filter(
        living_there(on),
        setting__in=list(settings),
        child__in=children_visible_to(person).values("pk"),
        is_temporary=False,
    ).values_list("setting_id", "child_id")
    found: dict[int, set[int]] = {}
    for setting_id, child_id in rows:
        found.setdefault(setting_id, set()).add(child_id)
    return found


@login_required
def settings(request: HttpRequest) -> HttpResponse:
    """The homes that are open to the reader."""
    person, on = person_of(request), day_of(moment_of(request))
    page = page_of(settings_open_to(person, on), request)
    there = living_at(person, [one.pk for one in page.object_list], on)
    rows = [(one, len(there.get(one.pk, ()))) for one in page.object_list]
    return render(request, "settings/settings.html", {"page": page, "rows": rows})


@login_required
def setting(request: HttpRequest, setting_id: int) -> HttpResponse:
    """One home: what it is registered as, who lives there as far as the reader may see."""
    person, on = person_of(request), day_of(moment_of(request))
    home = get_object_or_404(settings_open_to(person, on), pk=setting_id)
    there = living_at(person, [home.pk], on).get(home.pk, set())
    children = children_visible_to(person).filter(pk__in=there).select_related("authority", "team")
    page = page_of(children.order_by("name", "pk"), request)
    provider = home.provider
    places = count_of(home.registered_places, "place") if home.registered_places else ""
    facts = [
        row("URN", home.urn),
        row("Type", home.get_type_display()),
        row("Registered for", places),
        row("Run by", provider.name if provider else ""),
        row(
            "Owner",
            " / ".join(filter(None, (provider.owner, provider.top_company))) if provider else "",
        ),
        row("Host authority", home.host_authority.name),
        row("Linked school", home.linked_school_name),
        row("Conditions", home.conditions),
    ]
    return render(
        request,
        "settings/setting.html",
        {
            "setting": home,
            "facts": facts,
            "page": page,
            "rows": list(rows_of(person, page.object_list, on, on)),
            "own_authorities": list(authorities_receiving_for(person, on)),
            "notices": list(
                home.notices.select_related("recorded_by").prefetch_related("receipts__authority")
            )
            if may_see_notices(person, on)
            else [],
            "may_record": may_see_notices(person, on),
            "has_footfall": settings_with_footfall_for(person).filter(pk=home.pk).exists(),
        },
    )


def may_see_notices(person: Person, on: date) -> bool:
    """A notice is for authorities: a home reads its own from the regulator."""
    return bool(roles_held(person, on) & set(RECEIVES_NOTICES))


@login_required
def notice(request: HttpRequest, setting_id: int) -> HttpResponse:
    """Records a notice of the regulator, which opens a visit clock for every child there."""
    person, at = person_of(request), moment_of(request)
    home = get_object_or_404(settings_open_to(person, day_of(at)), pk=setting_id)
    form = Notice(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            receive_regulator_notice(setting=home, by=person, at=at, **form.cleaned_data)
        except FactRefused as refusal:
            put_refusal_on(form, refusal)
        else:
            messages.success(
                request,
                "Notice recorded. Every child placed here is to be visited within one week, and "
                "their social workers have been told.",
            )
            return redirect("setting", home.pk)
    return render(request, "settings/notice.html", {"setting": home, "form": form})


@login_required
def notice_received(
    request: HttpRequest, setting_id: int, notice_id: int, authority: str
) -> HttpResponse:
    """Records when the reader's own authority received a notice of the regulator."""
    person, at = person_of(request), moment_of(request)
    home = get_object_or_404(settings_open_to(person, day_of(at)), pk=setting_id)
    one = get_object_or_404(home.notices, pk=notice_id)
    mine = get_object_or_404(authorities_receiving_for(person, day_of(at)), pk=authority)
    form = Receipt(sent(request), initial={"received_on": one.received_on})
    if request.method == "POST" and form.is_valid():
        try:
            receive_notice(notice=one, authority=mine, by=person, at=at, **form.cleaned_data)
        except FactRefused as refusal:
            put_refusal_on(form, refusal)
        else:
            messages.success(request, "Recorded. The visits have been counted from that day.")
            return redirect("setting", home.pk)
    return render(
        request,
        "settings/received.html",
        {"setting": home, "form": form, "notice": one, "authority": mine},
    )
