"""Reading what children said: whose, where the words are kept, and who has not been heard."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import F, Max, Q, QuerySet

from backend.access.models import Person
from backend.access.parts import living_there
from backend.access.visibility import child_ids_visible_to, children_visible_to
from backend.grammar.events import Depth
from backend.records.models import Advocacy, Child, Placement
from backend.records.words import said_in
from workflows.history import ViewFact
from workflows.voice.models import View
from workflows.voice.table import NEW, VOID

NOT_COUNTED = (str(NEW), str(VOID))


def views_visible_to(person: Person) -> QuerySet[View]:
    """What the children said whose record a person may read."""
    return View.objects.filter(child__in=child_ids_visible_to(person, Depth.RECORD))


def advocacy_visible_to(person: Person) -> QuerySet[Advocacy]:
    """The offers of an advocate to the children whose record a person may read."""
    return Advocacy.objects.filter(child__in=child_ids_visible_to(person, Depth.RECORD))


def with_words(views: Iterable[View]) -> list[View]:
    """These views with the words they refer to; the number of queries does not grow with them."""
    rows = list(views)
    kept = said_in(view.reference for view in rows if view.reference)
    for view in rows:
        view.words_elsewhere = kept.get(view.reference)
    return rows


def views_from(reference: str) -> QuerySet[View]:
    """The views that refer to a record of another room, such as ``visits/12``."""
    return View.objects.filter(reference=reference).exclude(state=str(VOID)).order_by("pk")


def children_unheard(person: Person, *, weeks: int, on: date) -> QuerySet[Child]:
    """Children away from home with no view recorded for so many weeks, the longest first.

    Those of whom nothing was ever written down come before all others. A child who came within
    those weeks is not among them.
    ``last_heard_on`` is the day of the last view that was written down; None where none ever
    was. That nothing is recorded does not mean that nothing was said.
    """
    since = on - timedelta(weeks=weeks)
    lived = Placement.objects.filter(is_temporary=False)
    heard = Max("views__said_on", filter=~Q(views__state__in=NOT_COUNTED))
    return (
        children_visible_to(person, Depth.RECORD)
        .filter(pk__in=lived.filter(living_there(on)).values("child"))
        .filter(pk__in=lived.filter(started_on__lte=since).values("child"))
        .annotate(last_heard_on=heard)
        .filter(Q(last_heard_on__isnull=True) | Q(last_heard_on__lte=since))
        .order_by(F("last_heard_on").asc(nulls_first=True), "name", "pk")
    )


def children_without_advocate(person: Person, *, on: date) -> QuerySet[Child]:
    """Children living away from home whom no advocate stands beside, whatever the reason.

    Those who were never offered one come first.
    """
    away = Placement.objects.filter(living_there(on), is_temporary=False)
    standing = Advocacy.objects.filter(answer=Advocacy.Answer.ACCEPTED, ended_on__isnull=True)
    return (
        children_visible_to(person, Depth.RECORD)
        .filter(pk__in=away.values("child"))
        .exclude(pk__in=standing.values("child"))
        .annotate(last_offered_on=Max("advocacy__offered_on"))
        .order_by(F("last_offered_on").asc(nulls_first=True), "name", "pk")
    )


def standing_offer(child: Child) -> Advocacy | None:
    """The offer that waits for an answer, or the advocacy that was accepted and goes on."""
    rows = Advocacy.objects.filter(child=child, ended_on__isnull=True)
    return rows.exclude(answer=Advocacy.Answer.DECLINED).order_by("-offered_on", "-pk").first()


def view_facts(children: Iterable[int]) -> dict[int, list[ViewFact]]:
    """What the clocks read of views; what was entered in error owes nothing."""
    facts: dict[int, list[ViewFact]] = defaultdict(list)
    rows = View.objects.filter(child__in=list(children)).exclude(state__in=NOT_COUNTED)
    for view in rows.order_by("said_on", "pk").defer("own_words", "paraphrase", "response"):
        facts[view.child_id].append(
            ViewFact(
                id=f"w{view.pk}",
                said_on=view.said_on,
                answered_on=view.answered_on,
                answer_given_on=view.answer_given_on,
                told_on=view.told_on,
                act_by=view.act_by if view.is_promise else None,
                kept_on=view.kept_on,
                placement=str(view.placement_id) if view.placement_id else None,
            )
        )
    return facts
