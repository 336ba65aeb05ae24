"""The page that opens first, one for each part that somebody plays."""

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from backend.access.caseload import children_in_part
from backend.access.models import Allocation, Person
from backend.access.parts import current, living_there, roles_held
from backend.access.visibility import child_ids_visible_to, children_visible_to
from backend.deadlines.queries import counted_by_urgency
from backend.grammar.events import Depth
from backend.grammar.moments import day_of
from backend.grammar.roles import ALLOCATED, LABELS, Role
from backend.records.models import Placement, Setting, Team
from frontend.context import moment_of
from frontend.pages.children.lists import rows_of
from frontend.pages.children.opening import person_of
from frontend.pages.home import lists
from frontend.pages.home.forms import WorkFilters
from frontend.pages.home.waiting import waiting_for
from frontend.pages.settings.views import living_at, settings_open_to
from frontend.parts.lists import page_of, remembered_query
from frontend.parts.spreadsheet import spreadsheet
from frontend.parts.words import capital, long_date
from workflows.notices.queries import waiting_for as approvals_waiting_for
from workflows.visits.models import Draft, Visit
from workflows.visits.table import ARRANGED

#: In which order the parts of somebody with several are offered.
ORDER = (
    *lists.ANSWERS_FOR,
    Role.NOMINATED_OFFICER,
    Role.HOST_OFFICER,
    Role.REGISTERED_MANAGER,
    Role.INDEPENDENT_VISITOR,
    Role.LADO,
    Role.ADMINISTRATOR,
)
CHOSEN_PART = "work:part"
TITLES = {
    Role.SOCIAL_WORKER: "My children",
    Role.IRO: "Children I review",
    Role.ADVOCATE: "Children I speak for",
    Role.TEAM_MANAGER: "My team",
    Role.SERVICE_MANAGER: "My service",
    Role.DIRECTOR: "My authority",
    Role.IRO_MANAGER: "Reviewing officers",
    Role.NOMINATED_OFFICER: "Placements waiting for your approval",
    Role.HOST_OFFICER: "Children living in our area",
    Role.REGISTERED_MANAGER: "Children living here",
    Role.INDEPENDENT_VISITOR: "Homes I visit",
    Role.LADO: "Allegations",
    Role.ADMINISTRATOR: "Accounts",
}


@login_required
def work(request: HttpRequest) -> HttpResponse:
    """What this person must see to, in the part they chose or play first."""
    person, on = person_of(request), day_of(moment_of(request))
    held = roles_held(person, on)
    parts = [role for role in ORDER if role in held]
    if not parts:
        return render(request, "home/nothing.html", {"titles": []})
    query = remembered_query(request, "work")
    role = part_asked(request, person, parts, on)
    ways = [
        {
            "label": TITLES[one],
            "url": f"{reverse('work')}?part={one.value}",
            "is_current": one == role,
        }
        for one in parts
    ]
    context = {
        "ways_on": ways if len(parts) > 1 else [],
        "role": role,
        "title": TITLES[role],
        "part_words": capital(LABELS[role]),
        "query": query,
        "waiting": waiting_for(person, role, held, on),
    }
    if role in lists.ANSWERS_FOR:
        return owed_page(request, person, role, context)
    if role == Role.NOMINATED_OFFICER:
        page = page_of(approvals_waiting_for(person, on), request)
        return render(request, "notices/approvals.html", {**context, "page": page})
    if role == Role.HOST_OFFICER:
        return cards_page(request, person, role, context)
    if role == Role.REGISTERED_MANAGER:
        return home_page(request, person, role, context)
    if role == Role.INDEPENDENT_VISITOR:
        return visited_page(request, person, context)
    return render(request, "home/nothing.html", context)


def part_asked(request: HttpRequest, person: Person, parts: list[Role], on: date) -> Role:
    """The part that somebody chose last, while they still play it."""
    asked = request.GET.get("part") or request.session.get(CHOSEN_PART, "")
    for role in parts:
        if role.value == asked:
            if request.session.get(CHOSEN_PART) != asked:
                request.session[CHOSEN_PART] = asked
            return role
    return first_part(person, parts, on)


def first_part(person: Person, parts: list[Role], on: date) -> Role:
    """The part that has children, before one that is held and empty."""
    for role in parts:
        if role not in ALLOCATED or children_in_part(person, role, on).exists():
            return role
    return parts[0]


def owed_page(
    request: HttpRequest, person: Person, role: Role, context: dict[str, Any]
) -> HttpResponse:
    """What is owed to this person's children, by urgency."""
    on = day_of(moment_of(request))
    query = context["query"]
    every = lists.work_of(person, role, on)
    form = WorkFilters(query)
    offer_choices(form, person, role, on)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = lists.narrowed(every, chosen, role, on)
    if "export" in request.GET:
        rows = lists.rows_for(found.select_related("child__authority"), role, on)
        return spreadsheet(
            "My work",
            lists.EXPORT_COLUMNS,
            (lists.export_row(row, on) for row in rows),
            notes=(f"{TITLES[role]}: {person.name}, on {long_date(on)}.",),
        )
    page = page_of(lists.folded(found.select_related("child__authority")), request)
    counts = counted_by_urgency(found)
    total = counts if found is every else counted_by_urgency(every)
    drafts = Draft.objects.filter(
        person=person, child__in=child_ids_visible_to(person, Depth.RECORD)
    )
    return render(
        request,
        "home/owed.html",
        {
            **context,
            "form": form,
            "page": page,
            "groups": lists.grouped(lists.rows_for(page.object_list, role, on), counts),
            "totals": [
                (title, total[urgency])
                for urgency, title in lists.GROUPS.items()
                if total.get(urgency)
            ],
            "all_of_it": sum(total.values()),
            "shown": sum(counts.values()),
            "children": lists.children_of(person, role, on).count(),
            "carried": lists.carried(every, role, on),
            "carried_by": "team" if role in lists.BY_TEAM else "worker",
            "shows_worker": role != Role.SOCIAL_WORKER,
            "may_record": role in (Role.SOCIAL_WORKER, Role.TEAM_MANAGER),
            "drafts": list(drafts.select_related("child").order_by("-saved_at")[:5]),
            "coming": coming_visits(person, role, on) if role == Role.SOCIAL_WORKER else [],
            "export_query": query.urlencode(),
        },
    )


def offer_choices(form: WorkFilters, person: Person, role: Role, on: date) -> None:
    """The teams, workers and homes there are among these children."""
    mine = lists.children_of(person, role, on).values("pk")
    lives = Placement.objects.filter(living_there(on), child__in=mine, is_temporary=False)
    settings = Setting.objects.filter(pk__in=lives.values("setting")).values_list("pk", "name")
    teams: list[tuple[int, str]] = []
    workers: list[tuple[int | str, str]] = []
    if role not in (Role.SOCIAL_WORKER, Role.ADVOCATE, Role.TEAM_MANAGER):
        teams = list(
            Team.objects.filter(children__in=mine)
            .order_by("name")
            .distinct()
            .values_list("pk", "name")
        )
    if role in lists.OVERSEES:
        held = Allocation.objects.filter(current(on), child__in=mine, role=lists.OVERSEES[role])
        workers = list(
            Person.objects.filter(pk__in=held.values("person")).values_list("pk", "name")
        )
        workers.append((lists.NOBODY, "Nobody allocated"))
    form.offer(team=teams, worker=workers, setting=list(settings))


def coming_visits(person: Person, role: Role, on: date) -> list[Visit]:
    """The visits that are arranged for the next two weeks, or were to have happened."""
    mine = lists.children_of(person, role, on).values("pk")
    return list(
        Visit.objects.filter(
            child__in=mine,
            state=str(ARRANGED),
            arranged_for__date__lte=on + timedelta(days=14),
        )
        .select_related("child")
        .order_by("arranged_for")[:10]
    )


def cards_page(
    request: HttpRequest, person: Person, role: Role, context: dict[str, Any]
) -> HttpResponse:
    """The children who live in an authority's area, whoever placed them: their cards."""
    on = day_of(moment_of(request))
    children = children_in_part(person, role, on).filter(pk__in=children_visible_to(person))
    children = children.select_related("authority", "team")
    page = page_of(children.order_by("authority__name", "name", "pk"), request)
    return render(
        request,
        "home/cards.html",
        {
            **context,
            "page": page,
            "rows": list(rows_of(person, page.object_list, on, on)),
            "homes": settings_open_to(person, on).count(),
        },
    )


def home_page(
    request: HttpRequest, person: Person, role: Role, context: dict[str, Any]
) -> HttpResponse:
    """The children living in somebody's home, and the visits that are announced to it."""
    on = day_of(moment_of(request))
    children = children_in_part(person, role, on).filter(pk__in=children_visible_to(person))
    announced = Visit.objects.filter(
        child__in=children.values("pk"), state=str(ARRANGED), is_unannounced=False
    )
    page = page_of(children.select_related("authority", "team").order_by("name", "pk"), request)
    return render(
        request,
        "home/cards.html",
        {
            **context,
            "page": page,
            "rows": list(rows_of(person, page.object_list, on, on)),
            "announced": list(
                announced.select_related("child", "visitor").order_by("arranged_for")[:25]
            ),
            "homes": settings_open_to(person, on).count(),
        },
    )


def visited_page(request: HttpRequest, person: Person, context: dict[str, Any]) -> HttpResponse:
    """The homes that an independent visitor goes to."""
    on = day_of(moment_of(request))
    page = page_of(settings_open_to(person, on), request)
    there = living_at(person, [one.pk for one in page.object_list], on)
    rows = [(one, len(there.get(one.pk, ()))) for one in page.object_list]
    return render(request, "settings/settings.html", {**context, "page": page, "rows": rows})
