"""Reading visits: whose, when, how late, and the facts that the clocks read."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.db.models import Count, DateField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncMonth

from backend.access.models import Person, RoleAssignment
from backend.access.parts import current
from backend.access.visibility import child_ids_visible_to
from backend.casework.diary import Entry
from backend.grammar.events import Depth
from backend.grammar.moments import LONDON, day_of, end_of
from backend.grammar.roles import Role
from backend.records.footfall import Eyes, Seen
from backend.records.models import Authority, Child, Placement
from backend.records.words import Said
from workflows.history import NoticeFact, RequestFact, VisitFact
from workflows.visits.counting import counts
from workflows.visits.models import NoticeReceipt, Place, Request, Visit
from workflows.visits.table import ARRANGED, ATTEMPTED, MADE

#: Who says for a placing authority when it received a regulator's notice.
RECEIVES_FOR_AUTHORITY = (Role.TEAM_MANAGER, Role.SERVICE_MANAGER, Role.DIRECTOR)


def visits_visible_to(person: Person) -> QuerySet[Visit]:
    """The visits of the children whose record a person may read."""
    return Visit.objects.filter(child__in=child_ids_visible_to(person, Depth.RECORD))


def requests_visible_to(person: Person) -> QuerySet[Request]:
    return Request.objects.filter(child__in=child_ids_visible_to(person, Depth.RECORD))


def visits_of(child: Child) -> QuerySet[Visit]:
    """A child's visits, newest first, with what the pages show."""
    return (
        Visit.objects.filter(child=child)
        .select_related("visitor", "placement__setting")
        .prefetch_related("accounts", "concerns", "amendments__by")
    )


def arranged_with(children: Sequence[int], on: date) -> list[Entry]:
    """The visits arranged with these children from a day on, for a calendar."""
    rows = Visit.objects.filter(
        child__in=children, state=str(ARRANGED), arranged_for__date__gte=on
    ).order_by("arranged_for", "pk")
    return [
        Entry(
            uid=f"visit-{visit.pk}",
            on=day_of(visit.arranged_for),
            words="visit arranged",
            child_id=visit.child_id,
            path=f"/visits/{visit.pk}/",
        )
        for visit in rows
        if visit.arranged_for is not None
    ]


def arranged_visit_of(child: Child) -> Visit | None:
    """The visit that is arranged and neither made nor called off; the earliest one."""
    return Visit.objects.filter(child=child, state=str(ARRANGED)).order_by("arranged_for").first()


def previous_made(visit: Visit) -> Visit | None:
    """The visit made before this one."""
    return (
        Visit.objects.filter(child=visit.child_id, state=str(MADE), made_at__lt=visit.made_at)
        .order_by("-made_at")
        .first()
    )


def same_day(child: Child, day: date, *, excluding: int | None = None) -> Visit | None:
    """A visit already recorded as made on a day."""
    rows = Visit.objects.filter(child=child, state=str(MADE), made_at__date=day)
    if excluding is not None:
        rows = rows.exclude(pk=excluding)
    return rows.select_related("visitor").order_by("pk").first()


def visit_facts(children: Iterable[int]) -> dict[int, list[VisitFact]]:
    """What the clocks read of visits: those made, and attempts, which meet nothing."""
    facts: dict[int, list[VisitFact]] = defaultdict(list)
    rows = Visit.objects.filter(
        child__in=list(children), state__in=[str(MADE), str(ATTEMPTED)], placement__isnull=False
    ).order_by("made_at", "pk")
    for visit in rows.only(
        "child_id",
        "placement_id",
        "state",
        "made_at",
        "was_seen_alone",
        "is_remote",
        "is_welfare_safeguarded",
    ):
        if visit.made_at is None:
            continue
        facts[visit.child_id].append(
            VisitFact(
                id=f"v{visit.pk}",
                placement=str(visit.placement_id),
                made_on=day_of(visit.made_at),
                child_seen=visit.state == MADE,
                seen_alone=visit.was_seen_alone,
                was_remote=visit.is_remote,
                is_welfare_safeguarded=visit.is_welfare_safeguarded is not False,
            )
        )
    return facts


def visits_that_answered(child: Child) -> dict[int, Visit]:
    """By the number of a request, the first visit made after it, as the clock reads it."""
    visits = list(
        Visit.objects.filter(child=child, state=str(MADE), made_at__isnull=False)
        .select_related("visitor")
        .order_by("made_at", "pk")
    )
    meeting = {fact.id for fact in visit_facts([child.pk])[child.pk] if counts(fact)}
    came = [visit for visit in visits if f"v{visit.pk}" in meeting and visit.made_at]
    found = {}
    for request in child.visit_requests.all():
        for visit in came:
            if visit.made_at and day_of(visit.made_at) > request.asked_on:
                found[request.pk] = visit
                break
    return found


def request_facts(children: Iterable[int]) -> dict[int, list[RequestFact]]:
    """What the clocks read of requests for a visit."""
    facts: dict[int, list[RequestFact]] = defaultdict(list)
    for request in Request.objects.filter(child__in=list(children)).order_by("asked_on", "pk"):
        facts[request.child_id].append(
            RequestFact(
                id=f"r{request.pk}",
                asked_on=request.asked_on,
                asked_by=request.get_asked_by_display().lower(),
                refused_on=request.refused_on,
            )
        )
    return facts


def notice_facts(children: Iterable[int]) -> dict[int, list[NoticeFact]]:
    """One fact for each child who lived in a setting on the day its notice was received.

    That is the day their own authority received it, or, until that is recorded, the day of the
    notice.
    """
    facts: dict[int, list[NoticeFact]] = defaultdict(list)
    own = NoticeReceipt.objects.filter(
        notice=OuterRef("setting__notices"), authority=OuterRef("child__authority")
    )
    there = (
        Placement.objects.filter(child__in=list(children), is_temporary=False)
        .annotate(
            received_on=Coalesce(
                Subquery(own.values("received_on")[:1]), F("setting__notices__received_on")
            )
        )
        .filter(
            Q(ended_on__isnull=True) | Q(ended_on__gt=F("received_on")),
            started_on__lte=F("received_on"),
        )
        .order_by("received_on", "pk")
    )
    rows = there.values_list("setting__notices__pk", "received_on", "pk", "child_id")
    for pk, received_on, placement_id, child_id in rows:
        facts[child_id].append(
            NoticeFact(id=f"n{pk}", placement=str(placement_id), received_on=received_on)
        )
    return facts


def authorities_receiving_for(person: Person, on: date) -> QuerySet[Authority]:
    """The authorities for which a person may say when a regulator's notice came."""
    held = RoleAssignment.objects.filter(
        current(on), person=person, role__in=RECEIVES_FOR_AUTHORITY
    )
    return Authority.objects.filter(
        Q(pk__in=held.values("authority")) | Q(pk__in=held.values("team__authority"))
    )


def words_of(visits: Sequence[int]) -> dict[int, Said]:
    """What children said at visits, in their own words, signs or choices."""
    rows = Visit.objects.filter(pk__in=visits, made_at__isnull=False)
    return {
        visit.pk: Said(
            said_on=day_of(visit.made_at),
            own_words=visit.own_words,
            paraphrase=visit.paraphrase,
            communicated_by=tuple(visit.communicated_by),
            helped_by=visit.communication_help,
        )
        for visit in rows
        if visit.made_at is not None
    }


def seen_at_visits(settings: Sequence[int], first: date, last: date) -> list[Seen]:
    """The visits on which children of these settings were seen, by month and where."""
    rows = (
        Visit.objects.filter(
            state=str(MADE),
            placement__setting__in=settings,
            made_at__gte=end_of(first - timedelta(days=1)),
            made_at__lt=end_of(last),
        )
        .annotate(month=TruncMonth("made_at", tzinfo=LONDON, output_field=DateField()))
        .values_list("placement__setting_id", "month", "place", "is_remote")
        .annotate(number=Count("pk"))
        .order_by("month", "placement__setting_id")
    )
    return [
        Seen(setting_id, month, "Placing authority, statutory visit", _eyes(place, remote), number)
        for setting_id, month, place, remote, number in rows
    ]


def _eyes(place: str, is_remote: bool) -> Eyes:
    if is_remote:
        return Eyes.REMOTE
    return Eyes.INSIDE if place == Place.SETTING else Eyes.ELSEWHERE
