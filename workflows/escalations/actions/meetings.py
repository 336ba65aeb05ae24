"""The shared room for one home: called by its host, for every authority with children there."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from backend.access.models import Person, RoleAssignment
from backend.access.parts import current
from backend.casework.errors import FactRefused, NotAllowed, NotNow
from backend.casework.facts import check_reason, check_text, in_words
from backend.casework.gate import carry_out, open_case
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.notify.tell import Telling, tell
from backend.records.models import Authority, Setting
from workflows.escalations.actions.climbing import last_event
from workflows.escalations.checks import HOST, check_coming
from workflows.escalations.models import Invited, MeetingAction, SettingMeeting

CALLS = HOST


def may_call(person: Person, setting: Setting, on: date) -> bool:
    """Whether somebody is an officer, the LADO or the director of the home's host authority."""
    held = RoleAssignment.objects.filter(current(on), person=person, role__in=CALLS)
    return held.filter(authority=setting.host_authority_id).exists()


@transaction.atomic
def call_meeting(
    *,
    setting: Setting,
    purpose: str,
    meets_at: datetime,
    by: Person,
    at: datetime,
    place: str = "",
    is_ofsted_invited: bool = False,
    others_invited: str = "",
    invited: Sequence[Person] = (),
) -> SettingMeeting:
    """This will call a meeting about one home, and tell every authority with a child there.

    Somebody else, such as an advocate, may be invited by name.

    :raises NotAllowed: not of the authority that hosts the home.
    :raises FactRefused: no purpose, or a day that has passed.
    """
    if not may_call(by, setting, day_of(at)):
        raise NotAllowed(
            "You cannot call this meeting. This can be done by the host authority's officer, "
            "LADO or director."
        )
    purpose = check_reason(purpose, "Say what the meeting is for.", "purpose")
    check_coming(day_of(meets_at), at, "meets_at")
    meeting = SettingMeeting(
        setting=setting,
        raised_by=by,
        purpose=purpose,
        called_at=at,
        meets_at=meets_at,
        place=check_text(place.strip(), "place", longest=300),
        is_ofsted_invited=is_ofsted_invited,
        others_invited=check_text(others_invited.strip(), "others_invited"),
    )

    def invite(called: SettingMeeting) -> None:
        Invited.objects.bulk_create(
            Invited(meeting=called, person=person) for person in dict.fromkeys(invited)
        )

    called = open_case(
        meeting,
        "call",
        by=by,
        at=at,
        then=invite,
        carries={"on": in_words(day_of(meets_at))},
    )
    if invited:
        tell([Telling(last_event(called), (Role.SENT_TO,), about=called.about)], at=at)
    return called


def rearrange_meeting(
    *,
    meeting: SettingMeeting,
    meets_at: datetime,
    by: Person,
    at: datetime,
    place: str = "",
    expects: int | None = None,
) -> SettingMeeting:
    """This will move a meeting to another day or place.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: a day that has passed.
    """
    check_coming(day_of(meets_at), at, "meets_at")
    return carry_out(
        meeting,
        "rearrange",
        by=by,
        at=at,
        facts={"meets_at": meets_at, "place": check_text(place.strip(), "place", longest=300)},
        carries={"on": in_words(day_of(meets_at))},
        expects=expects,
    )


def hold_meeting(
    *,
    meeting: SettingMeeting,
    held_on: date,
    attended: str,
    minutes: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> SettingMeeting:
    """This will keep the minutes of a meeting: who came, and what was said.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: nothing written, or a day that is still to come.
    """
    if not day_of(meeting.called_at) <= held_on <= day_of(at):
        raise FactRefused("Choose a day from when it was called until today.", field="held_on")
    return carry_out(
        meeting,
        "hold",
        by=by,
        at=at,
        facts={
            "held_on": held_on,
            "attended": check_reason(attended, "Say who came, and for whom.", "attended"),
            "minutes": check_reason(minutes, "Write what was said and agreed.", "minutes"),
        },
        carries={"on": in_words(held_on)},
        expects=expects,
    )


def agree_action(
    *,
    meeting: SettingMeeting,
    what: str,
    authority: Authority,
    owner_name: str,
    due_on: date,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> SettingMeeting:
    """This will keep what one authority does by a day, after a meeting.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: nothing said, nobody named, or a day that has passed.
    """
    what = check_reason(what, "Say what is to be done.", "what")
    owner_name = check_reason(owner_name, "Say who does it.", "owner_name")
    check_text(owner_name, "owner_name", longest=200)
    check_coming(due_on, at, "due_on")
    return carry_out(
        meeting,
        "add_action",
        by=by,
        at=at,
        then=lambda held: _keep_action(held, what, authority, owner_name, due_on),
        carries={"owner": authority.name, "due": in_words(due_on)},
        expects=expects,
    )


def _keep_action(
    meeting: SettingMeeting, what: str, authority: Authority, owner_name: str, due_on: date
) -> None:
    MeetingAction.objects.create(
        meeting=meeting, what=what, authority=authority, owner_name=owner_name, due_on=due_on
    )


def complete_action(
    *,
    meeting: SettingMeeting,
    action: MeetingAction,
    done_how: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> SettingMeeting:
    """This will keep that an action was done, by whom and how.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: nothing said, an action of another meeting, or one that was done.
    """
    done_how = check_reason(done_how, "Say what was done.", "done_how")
    if action.meeting_id != meeting.pk:
        raise FactRefused("Choose an action of this meeting.", field="action")

    def complete(held: SettingMeeting) -> None:
        row = MeetingAction.objects.select_for_update(of=("self",)).get(pk=action.pk)
        if row.done_on is not None:
            raise FactRefused("This was already done.", field="action")
        row.done_on, row.done_by, row.done_how = day_of(at), by, done_how
        row.save(update_fields=["done_on", "done_by", "done_how"])

    return carry_out(
        meeting,
        "complete",
        by=by,
        at=at,
        then=complete,
        carries={"owner": action.authority.name, "on": in_words(day_of(at))},
        expects=expects,
    )


def close_meeting(
    *,
    meeting: SettingMeeting,
    reason: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> SettingMeeting:
    """This will close the work of a meeting, once every action is done.

    :raises NotAllowed, NotNow, MovedOn: as the gate says; NotNow while an action is open.
    :raises FactRefused: nothing said.
    """

    def check(held: SettingMeeting) -> None:
        left = held.tasks.filter(done_on__isnull=True).count()
        if left:
            words = "action is" if left == 1 else "actions are"
            raise NotNow(f"{left} {words} not yet done. Record what was done first.")

    return carry_out(
        meeting,
        "close",
        by=by,
        at=at,
        check=check,
        facts={"ended_how": check_reason(reason, "Say what came of it.", "reason")},
        expects=expects,
    )


def cancel_meeting(
    *,
    meeting: SettingMeeting,
    reason: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> SettingMeeting:
    """This will call a meeting off; everybody who was told of it hears.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: no reason.
    """
    return carry_out(
        meeting,
        "cancel",
        by=by,
        at=at,
        facts={"ended_how": check_reason(reason, "Say why it is called off.", "reason")},
        carries={"on": in_words(day_of(meeting.meets_at))},
        expects=expects,
    )
