"""Reviews read from an authority's return."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from backend.events.record import Actor
from backend.exchange.loaders import ReviewChange, ReviewRow
from workflows.reviews.models import (
    Review,
)
from workflows.reviews.table import CLOSED


@transaction.atomic
def load_reviews(
    rows: Mapping[int, Sequence[ReviewRow]], by: Actor, at: datetime
) -> dict[int, list[ReviewChange]]:
    """This will take in the reviews of a return as held, closed history of many children.

    It takes the table's step ``load`` for many at once, in a fixed number of statements: rows
    are written as new and then moved to closed, which the database allows because the table
    does. Nothing is told, nothing recorded and no clock counted here: whoever loads the return
    does each once. A review that stands is matched by its day, even one marked as entered in
    error; only what was itself read from a return is corrected, and never emptied.
    """
    standing: dict[tuple[int, date], Review] = {}
    known = Review.objects.select_for_update().filter(child__in=rows, opened_on__isnull=False)
    for review in known.order_by("pk"):
        if review.opened_on is not None:
            standing[review.child_id, review.opened_on] = review
    added: list[Review] = []
    corrected: list[Review] = []
    changes: dict[int, list[ReviewChange]] = {}
    for child_id, each in rows.items():
        for row in sorted(set(each)):
            known_as = standing.get((child_id, row.held_on))
            if known_as is None:
                new = standing[child_id, row.held_on] = _read_from(row, child_id, at)
                added.append(new)
                changes.setdefault(child_id, []).append(ReviewChange("added", row.held_on))
            elif known_as.is_historic and row.participation not in ("", known_as.participation):
                known_as.participation = row.participation
                if known_as.pk:
                    corrected.append(known_as)
                    changes.setdefault(child_id, []).append(ReviewChange("corrected", row.held_on))
    Review.objects.bulk_create(added, batch_size=500)
    Review.objects.filter(pk__in=[review.pk for review in added]).update(state=str(CLOSED))
    Review.objects.bulk_update(corrected, ["participation"], batch_size=500)
    return changes


def _read_from(row: ReviewRow, child_id: int, at: datetime) -> Review:
    return Review(
        child_id=child_id,
        opened_at=at,
        opened_on=row.held_on,
        completed_on=row.held_on,
        participation=row.participation,
        is_historic=True,
    )
