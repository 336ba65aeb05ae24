"""Who agreed to the placements of the invented world, who was told, and who says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING

from backend.access.models import Person
from backend.deadlines.count import add_months
from backend.grammar.moments import LONDON, day_of
from backend.grammar.roles import Role
from backend.records.models import Authority, Placement, Setting
from workflows.demo.cast import HOMES, MAIN
from workflows.demo.plan import Life
from workflows.notices import actions
from workflows.notices.models import (
    Approval,
    ConditionKind,
    HomeNotice,
    HostNotice,
    Mismatch,
    Notice,
    Outcome,
    Recipient,
    ReportRequest,
)

if TYPE_CHECKING:
    from workflows.demo.world import World

Doing = tuple[datetime, Callable[[], object]]
#: Lives of which something was left undone, so that each list has something in it.
HOST_TOLD_LATE, HOST_NEVER_TOLD, UNAPPROVED, HOME_SILENT, DAYS_DIFFER = 6, 23, 41, 27, 30
ADJOINING = "E09000026"
#: Who runs which home; the others have no account, and write on paper.
MANAGERS = {"SC901001": "mark", "SC901002": "lisa", "SC902001": "owen"}
NEEDS = "Waking night staff; somebody who reads body and symbols; a school she can walk to."
WHY_HERE = "Three places nearer home were asked; none had waking night staff."
EVIDENCE = {
    ConditionKind.WISHES: "Shown photographs of the home with symbols; pointed to “yes” and “mum”.",
    ConditionKind.MOST_APPROPRIATE: "Placement panel: the only home that meets the care plan.",
    ConditionKind.RELATIVES: "Mother and grandmother were asked; both want weekly calls kept.",
    ConditionKind.AREA_AUTHORITY: "Consulted by letter, with a copy of the care plan.",
    ConditionKind.IRO: "Consulted by telephone; agrees, and asks for an early review.",
}


def notice_steps(world: World, life: Life) -> Iterator[Doing]:
    """What is agreed, sent and said of each placement: mostly on the day, sometimes not."""
    if life.basis in ("reg_48", "section_85"):
        return
    starts = [(life.started_on, life.home)]
    if life.moved_on:
        starts.append((life.moved_on, life.moves_to))
    for number, (day, home) in enumerate(starts):
        yield _on(day, 10), partial(_agree, world, life, day)
        yield _on(day, 11), partial(_tell_everybody, world, life, day)
        late = 80 if life.number == HOST_TOLD_LATE and day < world.today - timedelta(90) else 0
        told = day + timedelta(days=late)
        if life.number != HOST_NEVER_TOLD:
            yield _on(told, 12), partial(_tell_host, world, life, day, told)
            yield _on(told + timedelta(1), 10), partial(_acknowledge, world, life, day)
        if life.number != HOME_SILENT:
            came = day + timedelta(days=1 if life.number == DAYS_DIFFER else 0)
            yield _on(came, 15), partial(_home_says, world, life, home, came, "admission")
        if number:
            yield _on(day, 16), partial(_tell_of_end, world, life, starts[0][0], day)
            yield _on(day, 17), partial(_home_says, world, life, life.home, day, "discharge")


def register_steps(world: World) -> Iterator[Doing]:
    """What waits today: a decision, a receipt, a child known only from a home, late reports; and
    a placement that was refused."""
    for days, hour, do in (
        (150, 9, _ask_for_reports),
        (148, 10, _answer_about_reports),
        (12, 10, _explain_silence),
        (3, 10, _send_late),
        (3, 11, _say_somebody_came),
        (6, 10, _refuse_a_placement),
        (2, 9, _say_somebody_left),
        (2, 10, _ask_director),
        (1, 10, _ask_nominated_officer),
    ):
        at = _on(world.today - timedelta(days=days), hour)
        yield at, partial(do, world, at)
    for back in (4, 3, 2):
        day = add_months(world.today.replace(day=1), 1 - back) + timedelta(days=9)
        yield _on(day, 9), partial(_receive_report, world, day)


def _on(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=LONDON)


def _worker(world: World, life: Life) -> Person:
    return world.people[life.worker if life.worker in world.people else f"worker-{life.worker}"]


def _placement(world: World, life: Life, day: date) -> Placement:
    rows = Placement.objects.select_related("setting", "host_authority")
    return rows.get(child=world.children[life.number], started_on=day, is_temporary=False)


def _host_officer(world: World, host: str) -> Person | None:
    return world.people.get("neil" if host == HOMES[0].host else f"host-{host}")


# The placing authority


def _agree(world: World, life: Life, day: date) -> None:
    placement = _placement(world, life, day)
    if placement.is_in_area is not False or life.number == UNAPPROVED:
        return
    at, worker = _on(day, 10), _worker(world, life)
    approval = actions.ask_approval(
        child=world.children[life.number],
        placement=placement,
        needs=NEEDS,
        why_here=WHY_HERE,
        by=worker,
        at=at,
    )
    approval = _satisfy(approval, tuple(EVIDENCE), worker, at)
    key = "sunita" if life.authority == MAIN else f"director-{life.authority}"
    actions.approve_placement(approval=approval, by=world.people[key], at=at)


def _satisfy(
    approval: Approval, kinds: tuple[ConditionKind, ...], by: Person, at: datetime
) -> Approval:
    for kind in kinds:
        approval = actions.satisfy_condition(
            approval=approval,
            kind=kind,
            evidence=EVIDENCE[kind],
            satisfied_on=day_of(at),
            by=by,
            at=at,
        )
    return approval


def _tell_everybody(world: World, life: Life, day: date) -> None:
    at, worker = _on(day, 11), _worker(world, life)
    notice = Notice.objects.get(placement=_placement(world, life, day), kind="placement")
    notice = actions.record_plans(
        notice=notice,
        care_plan_on=day,
        placement_plan_on=day,
        placement_plan_signed_by="The registered manager" if life.home else "",
        placement_plan_signed_on=day if life.home else None,
        by=worker,
        at=at,
    )
    _tell_lines(notice, day, worker, at)


def _tell_lines(notice: Notice, day: date, worker: Person, at: datetime) -> None:
    waiting = notice.lines.filter(outcome=Outcome.WAITING).exclude(recipient=Recipient.HOST)
    ordered = waiting.filter(recipient=Recipient.CONTACT).first()
    if ordered is not None:
        notice = actions.leave_out_recipient(
            notice=notice, line=ordered, reason="No court has ordered contact.", by=worker, at=at
        )
    lines = list(waiting)
    if lines:
        actions.send_notice(notice=notice, lines=lines, sent_on=day, by=worker, at=at)


def _tell_host(world: World, life: Life, day: date, told: date) -> None:
    notice = Notice.objects.get(placement=_placement(world, life, day), kind="placement")
    _send_to_host(notice, told, _worker(world, life), _on(told, 12))


def _send_to_host(notice: Notice, day: date, worker: Person, at: datetime) -> None:
    if notice.lines.filter(recipient=Recipient.HOST, outcome=Outcome.WAITING).exists():
        actions.send_to_host(
            notice=notice,
            sent_on=day,
            needs=NEEDS,
            why_here=WHY_HERE,
            has_care_plan=True,
            by=worker,
            at=at,
        )


def _tell_of_end(world: World, life: Life, started_on: date, ended_on: date) -> None:
    at, worker = _on(ended_on, 16), _worker(world, life)
    notice = Notice.objects.get(placement=_placement(world, life, started_on), kind="ending")
    _tell_lines(notice, ended_on, worker, at)
    _send_to_host(Notice.objects.get(pk=notice.pk), ended_on, worker, at)
    for given in HostNotice.objects.filter(notice=notice):
        _receipt(world, given, at + timedelta(hours=1))


# The host authority


def _acknowledge(world: World, life: Life, day: date) -> None:
    placement = _placement(world, life, day)
    at = _on(day + timedelta(days=1), 10)
    for given in HostNotice.objects.filter(placement=placement, state="sent"):
        _receipt(world, given, max(at, _on(given.sent_on + timedelta(days=1), 10)))


def _receipt(world: World, given: HostNotice, at: datetime) -> None:
    officer = _host_officer(world, given.host_authority_id)
    if officer is not None:
        actions.acknowledge_notice(notice=given, by=officer, at=at)


def _home_says(world: World, life: Life, home: str, day: date, kind: str) -> None:
    setting = world.settings.get(home)
    if setting is None or setting.host_authority_id == life.authority:
        return
    child, at = world.children[life.number], _on(day, 15 if kind == "admission" else 17)
    notice = _say(
        world,
        setting,
        kind,
        child.name,
        child.date_of_birth,
        life.authority,
        at,
        basis="s20_21" if life.legal_status == "V2" else "s31",
    )
    officer = _host_officer(world, setting.host_authority_id)
    if notice is not None and officer is not None:
        actions.acknowledge_home_notice(notice=notice, by=officer, at=at + timedelta(hours=1))


def _say(
    world: World,
    setting: Setting,
    kind: str,
    name: str,
    born_on: date,
    authority: str,
    at: datetime,
    basis: str = "s31",
) -> HomeNotice | None:
    """By the home's manager; where nobody there has an account, on paper through the host."""
    manager = world.people.get(MANAGERS.get(setting.urn or "", ""))
    by = manager or _host_officer(world, setting.host_authority_id)
    if by is None:
        return None
    placing = Authority.objects.get(pk=authority)
    return actions.send_home_notice(
        setting=setting,
        kind=kind,
        name=name,
        date_of_birth=born_on,
        happened_on=day_of(at),
        basis=basis,
        placing_authority=placing,
        authority_contact=f"{placing.name}, children in care team",
        iro_contact=f"{placing.name}, independent reviewing service",
        has_ehc_plan="yes",
        ehc_authority=placing,
        came_on_paper=manager is None,
        by=by,
        at=at,
    )


# What waits today


def _send_late(world: World, at: datetime) -> None:
    """A notice that went out at last and that nobody has acknowledged yet."""
    child = world.children[HOST_NEVER_TOLD]
    notice = Notice.objects.filter(child=child, kind="placement").first()
    worker = child.allocations.filter(role=Role.SOCIAL_WORKER).first()
    if notice is not None and worker is not None:
        _send_to_host(notice, day_of(at), worker.person, at)


def _explain_silence(world: World, at: datetime) -> None:
    """The home that never gave notice says why; nobody has settled it yet."""
    for mismatch in Mismatch.objects.filter(state="open", kind="home_silent")[:1]:
        home = mismatch.setting
        manager = world.people.get(MANAGERS.get(home.urn or "", ""))
        by = manager or _host_officer(world, home.host_authority_id)
        if by is not None:
            actions.explain_mismatch(
                mismatch=mismatch,
                words="We thought that the school had written; I am looking for the letter.",
                by=by,
                at=at,
            )


def _say_somebody_came(world: World, at: datetime) -> None:
    """A child whom no authority says that it placed."""
    home = world.settings["SC901001"]
    _say(world, home, "admission", "Rowan Tate", date(2013, 4, 9), "E08000003", at)


def _say_somebody_left(world: World, at: datetime) -> None:
    """A child of whom the home says that they left, and the authority does not."""
    home = world.settings["SC901002"]
    lives = Placement.objects.filter(setting=home, ended_on__isnull=True).select_related("child")
    stay = lives.order_by("started_on", "pk").first()
    if stay is not None:
        child = stay.child
        _say(world, home, "discharge", child.name, child.date_of_birth, child.authority_id, at)


def _ask_director(world: World, at: datetime) -> None:
    """A move at a distance that waits for the director, two conditions still open."""
    child, worker = world.children[0], world.people["amara"]
    approval = actions.ask_approval(
        child=child,
        setting=world.settings["SC902001"],
        starts_on=day_of(at) + timedelta(days=12),
        needs=NEEDS,
        why_here="Sixty miles nearer home than where she lives now.",
        by=worker,
        at=at,
    )
    _satisfy(
        approval,
        (ConditionKind.WISHES, ConditionKind.MOST_APPROPRIATE, ConditionKind.IRO),
        worker,
        at,
    )


def _refuse_a_placement(world: World, at: datetime) -> None:
    """A move at a distance that the director did not approve."""
    approval = actions.ask_approval(
        child=world.children[0],
        setting=world.settings["SC901002"],
        starts_on=day_of(at) + timedelta(days=20),
        needs=NEEDS,
        why_here="A vacancy from the first of next month.",
        by=world.people["amara"],
        at=at,
    )
    actions.refuse_placement(
        approval=approval,
        reason="Nobody asked the family, and two homes nearer have not answered yet.",
        by=world.people["sunita"],
        at=at + timedelta(hours=6),
    )


def _ask_nominated_officer(world: World, at: datetime) -> None:
    """A placement next door, in an emergency, that waits for the nominated officer."""
    child, worker = world.children[3], world.people["tom"]
    approval = actions.ask_approval(
        child=child,
        host_authority=Authority.objects.get(pk=ADJOINING),
        starts_on=day_of(at) + timedelta(days=2),
        needs=NEEDS,
        why_here="Foster carers twenty minutes from her school.",
        is_emergency=True,
        emergency_reason="The home gave notice with two days to go.",
        by=worker,
        at=at,
    )
    _satisfy(approval, (ConditionKind.WISHES, ConditionKind.MOST_APPROPRIATE), worker, at)


# Monthly reports


def _ask_for_reports(world: World, at: datetime) -> None:
    for urn in ("SC901001", "SC901002"):
        actions.ask_for_reports(
            setting=world.settings[urn],
            why="Children of eleven authorities live here.",
            by=world.people["neil"],
            at=at,
        )


def _answer_about_reports(world: World, at: datetime) -> None:
    yes, no = (
        ReportRequest.objects.get(setting=world.settings[urn]) for urn in ("SC901001", "SC901002")
    )
    actions.agree_to_reports(request=yes, by=world.people["mark"], at=at)
    actions.refuse_reports(
        request=no,
        reason="Our owner asks for a letter from your lawyers.",
        by=world.people["lisa"],
        at=at,
    )


def _receive_report(world: World, day: date) -> None:
    request = ReportRequest.objects.filter(
        setting=world.settings["SC901001"], state="agreed"
    ).first()
    month = add_months(day.replace(day=1), -1)
    if request is None or request.agreed_on is None or month < request.agreed_on.replace(day=1):
        return
    actions.receive_report(
        request=request,
        month=month,
        visited_on=month + timedelta(days=11),
        received_on=day,
        is_safeguarded=True,
        summary="Two agency staff on nights; asks for the rota to be looked at.",
        by=world.people["faith"],
        at=_on(day, 9),
    )
