"""What the IRO looks at between reviews."""

from datetime import date, datetime

from django.db import transaction

from backend.access.models import Person
from backend.casework.case import lock_child
from backend.casework.facts import check_reason, in_words
from backend.casework.gate import require_part
from backend.deadlines.recalculate import recalculate
from backend.events.record import record
from backend.grammar.roles import Role
from backend.records.models import Child
from workflows.reviews import events
from workflows.reviews.checks import (
    check_past,
)
from workflows.reviews.models import (
    IroCheck,
)


@transaction.atomic
def check_between_reviews(
    *, child: Child, checked_on: date, found: str, by: Person, at: datetime
) -> IroCheck:
    """This will record that the IRO looked at the case between two reviews.

    :raises NotAllowed: the person is not the child's IRO.
    :raises FactRefused: a day in the future, or nothing found to say.
    """
    require_part(by, child, (Role.IRO,), at, doing="record a check between reviews")
    check_past(checked_on, at, "checked_on", "The check cannot be in the future.")
    found = check_reason(found, "Say what you found.", field="found")
    lock_child(child.pk)
    check = IroCheck.objects.create(
        child=child, checked_on=checked_on, iro=by, found=found, recorded_at=at
    )
    recalculate([child.pk], by=by, at=at)
    record(
        events.CHECKED,
        by=by,
        at=at,
        about=f"iro-checks/{check.pk}",
        child_id=child.pk,
        carries={"on": in_words(checked_on)},
    )
    return check
