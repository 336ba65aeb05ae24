"""The teams of an authority, and the policy by which its deadlines are counted."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from backend.access.grants import derive_for_children
from backend.access.models import Person, RoleAssignment
from backend.access.parts import current, people_by_child
from backend.casework.accounts import hand_on_alerts
from backend.casework.administrators import require_administrator
from backend.casework.errors import FactRefused
from backend.casework.facts import check_reason, check_text
from backend.casework.gate import By
from backend.casework.jobs import recount_authority
from backend.events.models import Event
from backend.events.record import record
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.notify.models import OutOfHours
from backend.records.models import Authority, Child, Team

#: What the law leaves between two visits as a rule (VIS-02); a local limit is never longer.
LONGEST_BETWEEN_VISITS = 42
#: Four weeks of working days: a longer wait would answer no child.
LONGEST_REQUEST_TARGET = 20
LONGEST_OUT_OF_HOURS = 500


@transaction.atomic
def add_team(
    *, authority: Authority, name: str, service: Team | None, by: By, at: datetime
) -> Team:
    """This will add a team to an authority.

    :raises NotAllowed: the one who asks is not an administrator of the authority.
    :raises FactRefused: no name, a name that another team has, or a service that cannot be.
    """
    require_administrator(by, authority.pk, at)
    team = Team(authority=authority, name=_checked_name(name))
    _check_service(team, service)
    team.service = service
    _save(team)
    _record_of_team("teams.added", team, by, at, name=team.name)
    return team


@transaction.atomic
def rename_team(*, team: Team, name: str, by: By, at: datetime) -> Team:
    """This will give a team another name.

    :raises NotAllowed: the one who asks is not an administrator of the authority.
    :raises FactRefused: no name, the same name, or a name that another team has.
    """
    require_administrator(by, team.authority_id, at)
    team = Team.objects.select_for_update().get(pk=team.pk)
    before, team.name = team.name, _checked_name(name)
    if before == team.name:
        raise FactRefused("Nothing was changed.", field="name")
    _save(team)
    _record_of_team("teams.renamed", team, by, at, before=before, name=team.name)
    return team


@transaction.atomic
def put_under_service(*, team: Team, service: Team | None, by: By, at: datetime) -> Team:
    """This will put a team under a service, or under none; who sees its children follows at once.

    :raises NotAllowed: the one who asks is not an administrator of the authority.
    :raises FactRefused: nothing changed, or the service cannot be one of this team.
    :raises NotNow: open alerts of the service would be left with nobody.
    """
    require_administrator(by, team.authority_id, at)
    # Every team of the authority, so that no two become each other's service at once.
    list(Team.objects.select_for_update().filter(authority=team.authority_id).order_by("pk"))
    team.refresh_from_db()
    if team.service == service:
        raise FactRefused("Nothing was changed.", field="service")
    _check_service(team, service)
    on = day_of(at)
    children = list(Child.objects.filter(team=team).values_list("pk", flat=True))
    before = _service_managers(children, at)
    team.service = service
    team.save(update_fields=["service"])
    derive_for_children(children, on)
    event = _record_of_team(
        "teams.moved",
        team,
        by,
        at,
        name=team.name,
        service=service.name if service else "no service",
    )
    for person in before:
        hand_on_alerts(leaver=person, role=Role.SERVICE_MANAGER, event=event, at=at)
    return team


def _service_managers(children: list[int], at: datetime) -> list[Person]:
    playing = people_by_child((Role.SERVICE_MANAGER,), children, day_of(at))
    return sorted({person for found in playing.values() for person, _ in found}, key=_number)


def _number(person: Person) -> int:
    return person.pk


def _checked_name(name: str) -> str:
    return check_reason(name, "Enter the name of the team", "name")


def _check_service(team: Team, service: Team | None) -> None:
    if service is None:
        return
    if service.authority_id != team.authority_id:
        raise FactRefused("The service belongs to another authority.", field="service")
    if service.pk == team.pk:
        raise FactRefused("A team cannot be its own service.", field="service")
    if service.service_id is not None:
        raise FactRefused(f"{service.name} is itself under a service.", field="service")
    if team.pk and team.teams.exists():
        raise FactRefused(
            f"{team.name} is a service with teams of its own, so it cannot be under another.",
            field="service",
        )


def _save(team: Team) -> None:
    same = Team.objects.filter(authority=team.authority_id, name__iexact=team.name)
    if same.exclude(pk=team.pk).exists():
        raise FactRefused("Another team has this name.", field="name")
    try:
        team.full_clean()
    except ValidationError as error:
        field, reasons = next(iter(error.message_dict.items()))
        raise FactRefused(reasons[0], field="" if field == "__all__" else field) from error
    team.save()


def _record_of_team(kind: str, team: Team, by: By, at: datetime, **carries: str) -> Event:
    return record(
        kind,
        by=by,
        at=at,
        about=f"teams/{team.pk}",
        carries={**carries, "authority": team.authority_id},
    )


@dataclass(frozen=True)
class Policy:
    """How an authority counts, where the law leaves it a choice."""

    first_day_visit_counts: bool
    #: Days; nothing means that the law alone counts.
    local_days_between_visits: int | None
    #: Working days.
    request_target_days: int
    #: Who covers when the offices are closed, in words; nothing means that nobody was named.
    out_of_hours: str = ""
    #: The e-mail address of whoever hears of danger that nobody reads while they are closed.
    covered_by: str = ""


def cover_of(authority: Authority | str) -> OutOfHours:
    """Who covers an authority when its offices are closed; empty where nobody was named."""
    code = authority if isinstance(authority, str) else authority.pk
    found = OutOfHours.objects.filter(pk=code).select_related("person").first()
    return found or OutOfHours(authority_id=code)


def policy_of(authority: Authority) -> Policy:
    cover = cover_of(authority)
    return Policy(
        out_of_hours=cover.words,
        covered_by=cover.person.email if cover.person else "",
        first_day_visit_counts=authority.first_day_visit_counts,
        local_days_between_visits=authority.local_days_between_visits,
        request_target_days=authority.request_target_days,
    )


@transaction.atomic
def set_policy(*, authority: Authority, policy: Policy, by: By, at: datetime) -> Authority:
    """This will change how an authority counts, and count the dates of its children again.

    :raises NotAllowed: the one who asks is not an administrator of the authority.
    :raises FactRefused: nothing changed, or a local limit that is not tighter than the law.
    """
    require_administrator(by, authority.pk, at)
    authority = Authority.objects.select_for_update().get(pk=authority.pk)
    before = policy_of(authority)
    policy = replace(
        policy,
        out_of_hours=policy.out_of_hours.strip(),
        covered_by=policy.covered_by.strip().lower(),
    )
    _check_policy(policy)
    covers = _who_covers(policy.covered_by, authority, day_of(at))
    if before == policy:
        raise FactRefused("Nothing was changed.")
    counting = {name: value for name, value in asdict(policy).items() if name not in OF_COVER}
    for name, value in counting.items():
        setattr(authority, name, value)
    authority.save(update_fields=list(counting))
    _keep_cover(authority, policy.out_of_hours, covers, at)
    record(
        "authorities.policy_changed",
        by=by,
        at=at,
        about=f"authorities/{authority.pk}",
        carries={"what": _what_changed(before, policy), "authority": authority.pk},
    )
    recount_authority.configure(lock=f"recount:{authority.pk}").defer(
        authority=authority.pk, person=by.pk
    )
    return authority


OF_COVER = ("out_of_hours", "covered_by")


def _who_covers(email: str, authority: Authority, on: date) -> Person | None:
    """:raises FactRefused: nobody with this address plays a part for the authority today."""
    if not email:
        return None
    theirs = Q(authority=authority) | Q(team__authority=authority)
    parts = RoleAssignment.objects.filter(current(on), theirs, person=OuterRef("pk"))
    found = Person.objects.filter(Exists(parts), email__iexact=email, is_active=True).first()
    if found is None:
        raise FactRefused(
            f"Nobody with this address plays a part for {authority.name} today. Add the person, or "
            "give them a part, under People.",
            field="covered_by",
        )
    return found


def _keep_cover(authority: Authority, words: str, person: Person | None, at: datetime) -> None:
    before = cover_of(authority)
    if not words and person is None:
        OutOfHours.objects.filter(authority=authority).delete()
        return
    since = before.named_at if before.person == person else at
    OutOfHours.objects.update_or_create(
        authority=authority,
        defaults={"words": words, "person": person, "named_at": since if person else None},
    )


def _check_policy(policy: Policy) -> None:
    check_text(policy.out_of_hours, "out_of_hours", longest=LONGEST_OUT_OF_HOURS)
    between = policy.local_days_between_visits
    if between is not None and not 1 <= between <= LONGEST_BETWEEN_VISITS:
        raise FactRefused(
            f"A local limit can only be tighter than the law: from 1 to {LONGEST_BETWEEN_VISITS} "
            "days.",
            field="local_days_between_visits",
        )
    if not 1 <= policy.request_target_days <= LONGEST_REQUEST_TARGET:
        raise FactRefused(
            f"The target is from 1 to {LONGEST_REQUEST_TARGET} working days.",
            field="request_target_days",
        )


def _what_changed(before: Policy, after: Policy) -> str:
    was, now = _in_words(before), _in_words(after)
    return "; ".join(
        f"{topic}: {words}, before: {was[topic]}"
        for topic, words in now.items()
        if words != was[topic]
    )


def _in_words(policy: Policy) -> dict[str, str]:
    between = policy.local_days_between_visits
    return {
        "a visit on the day of the move counts as the first": (
            "yes" if policy.first_day_visit_counts else "no"
        ),
        "days between visits": f"at most {between}" if between else "as the law says",
        "working days to answer a request": f"at most {policy.request_target_days}",
        "who covers out of hours": policy.out_of_hours or "nobody named",
        "danger that nobody reads then goes to": policy.covered_by or "nobody",
    }
