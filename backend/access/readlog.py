"""Who read which child's record, or which case, when, and why they could."""

from collections.abc import Iterable
from datetime import datetime

from backend.access.models import Person, ReadLog
from backend.records.models import Child

LONGEST = 300


def log_read(
    *,
    person: Person,
    child: Child | None,
    depth: str,
    page: str,
    because: Iterable[str],
    at: datetime,
) -> ReadLog:
    """This will keep that a person read of a child, on which page, and why they could.

    Without a child it is a case that is no child's, named by ``page``, such as "referrals/12".
    """
    reasons = "; ".join(because) or "No present reason was found"
    return ReadLog.objects.create(
        person_id=person.pk,
        person_name=person.name,
        child_id=child.pk if child else None,
        at=at,
        depth=depth,
        page=page[:60],
        because=reasons if len(reasons) <= LONGEST else f"{reasons[: LONGEST - 1]}…",
    )
