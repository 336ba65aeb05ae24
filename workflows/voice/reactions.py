"""What the voice room does when a visit keeps what a child said: it is owed an answer."""

from backend.access.models import Person
from backend.events.models import Event
from backend.events.record import reacts_to
from backend.records.models import Child
from backend.records.words import said_in
from workflows.visits import events as visits
from workflows.voice.actions import hear_view, redate_views, void_view
from workflows.voice.models import CameFrom
from workflows.voice.queries import views_from
from workflows.voice.table import HEARD


@reacts_to(visits.MADE)
def hear_what_was_said(event: Event) -> None:
    """A visit that kept the child's own words opens a view; the words stay with the visit."""
    said = said_in([event.about]).get(event.about)
    if said is None or not said.own_words.strip() or not (event.by_id and event.child_id):
        return
    hear_view(
        child=Child.objects.get(pk=event.child_id),
        said_on=said.said_on,
        came_from=CameFrom.VISIT,
        reference=event.about,
        by=Person.objects.get(pk=event.by_id),
        at=event.at,
    )


@reacts_to("visits.amended")
def follow_the_day(event: Event) -> None:
    """When the day of a visit is put right, what was said was said on that day."""
    said = said_in([event.about]).get(event.about)
    if said is not None and event.by_id is not None:
        redate_views(
            reference=event.about,
            said_on=said.said_on,
            by=Person.objects.get(pk=event.by_id),
            at=event.at,
        )


@reacts_to("visits.voided")
def take_back(event: Event) -> None:
    """What was heard at a visit entered in error is taken back, unless it was answered."""
    if event.by_id is None:
        return
    for view in views_from(event.about).filter(state=str(HEARD)):
        void_view(
            view=view,
            reason="The visit was entered in error.",
            by=Person.objects.get(pk=event.by_id),
            at=event.at,
        )
