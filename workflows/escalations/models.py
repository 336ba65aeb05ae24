"""A concern between two agencies: the case, the levels it went to, and what each side wrote."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from backend.access.models import Person
from backend.casework.case import Matter, guard, step
from backend.records.models import Authority, Child, Setting
from workflows.escalations.ladders import LEVEL_WORDS, Level, Rung, Use, thawed
from workflows.escalations.table import CLOSED, MEETINGS, NEW, OPEN, TABLE


class Kind(models.TextChoices):
    """Who raises it with whom."""

    HOST_PLACING = "host_placing", "The host authority challenges the placing authority"
    PLACING_HOST = "placing_host", "The placing authority challenges the host authority"
    HOME_PLACING = (
        "home_placing",
        "The home challenges the placing authority (Children's Homes Regulations, regulation 5)",
    )
    IRO_DISPUTE = "iro_dispute", "The IRO disputes with the placing authority"
    LADO_DECISION = "lado_decision", "A decision of the LADO is challenged"
    ADVOCATE_HOST = "advocate_host", "An advocate is worried about a home"
    PROFESSIONAL = "professional", "Another concern between professionals"


#: What each kind goes by; every other kind is a concern between agencies.
USES = {Kind.IRO_DISPUTE: Use.IRO_DISPUTE, Kind.LADO_DECISION: Use.LADO_DECISION}
#: Kinds in which the host authority's officers take part as readers.
HOSTED = (Kind.HOST_PLACING, Kind.PLACING_HOST, Kind.ADVOCATE_HOST, Kind.PROFESSIONAL)


class Side(models.TextChoices):
    RAISING = "raising", "The side that raised it"
    ANSWERING = "answering", "The side that is asked"


class Why(models.TextChoices):
    """Why a concern went to a level."""

    RAISED = "raised", "Raised"
    NOT_ACCEPTED = "not_accepted", "The answer was not accepted"
    NO_REPLY = "no_reply", "No reply"
    NOBODY = "nobody", "Nobody could be told at the level before"
    RISK = "risk", "Immediate risk"
    BYPASSED = "bypassed", "The IRO passed over a stage"


class Outside(models.TextChoices):
    """Doors that are always open, beside the ladder."""

    CAFCASS = "cafcass", "Cafcass"
    OFSTED = "ofsted", "Ofsted"
    ICB = "icb", "The integrated care board"
    PARTNERSHIP = "partnership", "The safeguarding partnership"
    DIRECTORS = "directors", "The directors of both authorities"


def person_key(**options: Any) -> Any:
    """Somebody with an account; the row outlives nothing they did."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options
    )


def append_only() -> list[pgtrigger.Trigger]:
    return [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


@pghistory.track()
class Escalation(Matter):
    """One concern that somebody raised about what another agency did, or did not do."""

    TABLE = TABLE

    kind = models.CharField(max_length=20, choices=Kind)
    child = models.ForeignKey(
        Child, on_delete=models.PROTECT, null=True, blank=True, related_name="escalations"
    )
    setting = models.ForeignKey(
        Setting, on_delete=models.PROTECT, null=True, blank=True, related_name="escalations"
    )
    came_from = models.CharField(
        max_length=60, blank=True, help_text="What it arose from, such as visits/12."
    )
    raised_by = person_key()
    raised_as = models.CharField(max_length=60, blank=True)
    from_authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    from_setting = models.ForeignKey(
        Setting, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    to_authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    to_setting = models.ForeignKey(
        Setting, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    hosted_by = models.ForeignKey(
        Authority,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The authority where the child lived when it was raised.",
    )
    concern = models.TextField(help_text="What the other agency did, or did not do.")
    wanted = models.TextField(help_text="What should happen instead.")
    wanted_by = models.DateField(null=True, blank=True)
    is_immediate_risk = models.BooleanField(default=False)
    risk = models.TextField(blank=True, help_text="What the immediate risk is.")

    ladder_name = models.CharField(max_length=200)
    ladder_source = models.CharField(max_length=300)
    ladder_verified = models.CharField(max_length=10)
    rungs = models.JSONField(
        encoder=DjangoJSONEncoder, help_text="The ladder as it was on the day it was raised."
    )

    ended_how = models.TextField(blank=True)
    changed_for_child = models.TextField(blank=True)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="escalation_about_somebody",
                condition=Q(child__isnull=False)
                | Q(setting__isnull=False)
                | Q(kind=Kind.LADO_DECISION),
            ),
            models.CheckConstraint(
                name="escalation_goes_to_one_side",
                condition=Q(to_authority__isnull=False, to_setting__isnull=True)
                | Q(to_authority__isnull=True, to_setting__isnull=False),
            ),
            models.CheckConstraint(
                name="escalation_closed_with_a_day",
                condition=Q(closed_on__isnull=False) | Q(state__in=[str(s) for s in (NEW, *OPEN)]),
            ),
            models.CheckConstraint(
                name="escalation_says_what_changed",
                condition=~Q(state__in=[str(s) for s in CLOSED]) | ~Q(changed_for_child=""),
            ),
            models.CheckConstraint(
                name="escalation_says_what_and_what_for",
                condition=~Q(concern="") & ~Q(wanted=""),
            ),
        ]
        indexes = [
            models.Index(fields=["child", "state"]),
            models.Index(fields=["setting", "state"]),
            models.Index(fields=["raised_by", "state"]),
            models.Index(fields=["to_authority", "state"]),
            models.Index(fields=["from_authority", "state"]),
        ]
        triggers = guard(TABLE)

    @property
    def concerns_child_id(self) -> int | None:
        return self.child_id

    @property
    def concerns_setting_id(self) -> int | None:
        return self.setting_id

    @property
    def use(self) -> Use:
        return USES.get(Kind(self.kind), Use.CHALLENGE)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def ladder(self) -> tuple[Rung, ...]:
        """The rungs that were frozen when it was raised."""
        return thawed(self.rungs)

    @property
    def from_name(self) -> str:
        """Who is on the side that raised it, in words."""
        if self.kind == Kind.IRO_DISPUTE and self.from_authority is not None:
            return f"The IRO of {self.from_authority.name}"
        place = self.from_authority or self.from_setting
        return place.name if place else self.raised_by.organisation or "another organisation"

    @property
    def to_name(self) -> str:
        place = self.to_authority or self.to_setting
        return place.name if place else ""

    @step(TABLE)
    def send(self) -> None:
        """What was said stands on the case from the first; to whom it went, on its stage."""

    @step(TABLE)
    def receive(self) -> None:
        """Who received it stands on the stage."""

    @step(TABLE)
    def answer(self) -> None:
        """The answer stands on the stage."""

    @step(TABLE)
    def accept(self) -> None:
        """That it was accepted stands on the stage."""

    @step(TABLE)
    def take_up(self) -> None:
        """Why it was not accepted stands on the stage."""

    @step(TABLE)
    def move_up(self) -> None:
        """Where it went next stands on a stage of its own."""

    @step(TABLE)
    def note_silence(self) -> None:
        """Since when nobody replied stands on the stage."""

    @step(TABLE)
    def skip(self) -> None:
        """Why a level was passed over stands on the next stage."""

    @step(TABLE)
    def go_outside(self) -> None:
        """Where it was taken is a row of its own."""

    @step(TABLE)
    def resolve(self, *, ended_how: str, changed_for_child: str, on: date) -> None:
        self._close(ended_how, changed_for_child, on)

    @step(TABLE)
    def disagree(self, *, ended_how: str, changed_for_child: str, on: date) -> None:
        self._close(ended_how, changed_for_child, on)

    @step(TABLE)
    def withdraw(self, *, ended_how: str, changed_for_child: str, on: date) -> None:
        self._close(ended_how, changed_for_child, on)

    @step(TABLE)
    def void(self, *, ended_how: str, on: date) -> None:
        self._close(ended_how, "", on)

    def _close(self, ended_how: str, changed_for_child: str, on: date) -> None:
        self.ended_how, self.changed_for_child, self.closed_on = ended_how, changed_for_child, on


@pghistory.track()
class Stage(models.Model):
    """One level that a concern was sent to: receipt is one thing, an answer another."""

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="stages")
    number = models.PositiveSmallIntegerField(help_text="1 for the first level it was sent to.")
    rung = models.PositiveSmallIntegerField(help_text="Which rung of the ladder, from 0.")
    level = models.CharField(max_length=120)
    why = models.CharField(max_length=20, choices=Why)
    reason = models.TextField(blank=True)
    started_at = models.DateTimeField()
    counted_from = models.DateField()
    receive_days = models.PositiveSmallIntegerField()
    answer_days = models.PositiveSmallIntegerField()
    is_formal = models.BooleanField(default=True)
    found_somebody = models.BooleanField(default=True)

    received_at = models.DateTimeField(null=True, blank=True)
    received_by = person_key(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = person_key(null=True, blank=True)
    answer = models.TextField(blank=True)
    promised_by_whom = models.CharField(max_length=200, blank=True)
    promised_by = models.DateField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    was_accepted = models.BooleanField(default=False)
    silent_at = models.DateTimeField(
        null=True, blank=True, help_text="When nobody had replied and there was no higher level."
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["escalation_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["escalation", "number"], name="stage_numbered"),
            models.UniqueConstraint(
                fields=["escalation"],
                condition=Q(ended_at__isnull=True),
                name="stage_current_once",
            ),
            models.CheckConstraint(
                name="stage_received_by_somebody",
                condition=Q(received_at__isnull=True) | Q(received_by__isnull=False),
            ),
            models.CheckConstraint(
                name="stage_answered_in_words_by_somebody",
                condition=Q(answered_at__isnull=True)
                | (Q(answered_by__isnull=False) & ~Q(answer="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level}, stage {self.number}"


class Addressee(models.Model):
    """Somebody at a level, on either side, as they were named on the day it went there.

    Without an account they cannot be told here: their number is shown instead.
    """

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="addressees")
    side = models.CharField(max_length=10, choices=Side)
    person = person_key(null=True, blank=True)
    name = models.CharField(max_length=200)
    job = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    away_until = models.DateField(
        null=True, blank=True, help_text="The last day of leave, for somebody who was away then."
    )

    class Meta:
        ordering = ["stage_id", "side", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "side", "person"],
                condition=Q(person__isnull=False),
                name="addressee_once",
            ),
        ]
        indexes = [models.Index(fields=["person", "stage"])]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.name}, {self.job}"


class Message(models.Model):
    """What somebody wrote to the other side; both read it."""

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="messages")
    by = person_key()
    at = models.DateTimeField()
    words = models.TextField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(name="message_has_words", condition=~Q(words=""))]
        indexes = [models.Index(fields=["escalation", "at"])]
        triggers = append_only()

    def __str__(self) -> str:
        return f"Message of {self.at:%-d %B %Y}"


class Note(models.Model):
    """What one side keeps for itself; the other never sees it, nor that it is there."""

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="notes")
    side = models.CharField(max_length=10, choices=Side)
    by = person_key()
    at = models.DateTimeField()
    words = models.TextField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(name="note_has_words", condition=~Q(words=""))]
        indexes = [models.Index(fields=["escalation", "side"])]
        triggers = append_only()

    def __str__(self) -> str:
        return f"Note of {self.at:%-d %B %Y}"


class Exit(models.Model):
    """A concern that was taken outside the two agencies, by whom, where and why."""

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="exits")
    where = models.CharField(max_length=20, choices=Outside)
    reason = models.TextField()
    to_name = models.CharField(max_length=200, blank=True)
    by = person_key()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(name="exit_has_reason", condition=~Q(reason=""))]
        indexes = [models.Index(fields=["escalation", "at"])]
        triggers = append_only()

    def __str__(self) -> str:
        return self.get_where_display()


@pghistory.track()
class NamedContact(models.Model):
    """Whom to call at an authority or a home, and who last reached them."""

    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    setting = models.ForeignKey(
        Setting, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    level = models.CharField(
        max_length=20, choices=[(level.value, words) for level, words in LEVEL_WORDS.items()]
    )
    name = models.CharField(max_length=200)
    job = models.CharField(max_length=200, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    person = person_key(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = person_key(null=True, blank=True)
    doubted_at = models.DateTimeField(null=True, blank=True)
    doubted_by = person_key(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["authority__name", "setting__name", "level", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="named_contact_has_one_place",
                condition=Q(authority__isnull=False, setting__isnull=True)
                | Q(authority__isnull=True, setting__isnull=False),
            ),
            models.CheckConstraint(
                name="named_contact_can_be_reached",
                condition=~Q(phone="") | ~Q(email="") | Q(person__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["authority", "level"],
                name="named_contact_standing",
                condition=Q(removed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.level_words}"

    @property
    def level_words(self) -> str:
        return LEVEL_WORDS[Level(self.level)]

    @property
    def place_name(self) -> str:
        place = self.authority or self.setting
        return place.name if place else ""

    def account_in_use(self) -> Person | None:
        """Their account, when they have one that is open."""
        person: Person | None = self.person
        return person if person is not None and person.is_active else None


@pghistory.track()
class LadderInUse(models.Model):
    """The ladder that an authority chose for one kind of concern; it holds for new ones only."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    use = models.CharField(max_length=20, choices=[(use.value, use.label) for use in Use])
    code = models.CharField(max_length=40, blank=True, help_text="Empty for the authority's own.")
    name = models.CharField(max_length=200)
    source = models.CharField(max_length=300)
    verified = models.CharField(max_length=10)
    rungs = models.JSONField(encoder=DjangoJSONEncoder)
    chosen_by = person_key(null=True, blank=True)
    chosen_at = models.DateTimeField()

    class Meta:
        ordering = ["authority_id", "use"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "use"], name="ladder_in_use_once"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class SettingMeeting(Matter):
    """The shared room for one home: the host, and every authority with a child there."""

    TABLE = MEETINGS

    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, related_name="meetings")
    raised_by = person_key()
    purpose = models.TextField()
    called_at = models.DateTimeField()
    meets_at = models.DateTimeField()
    place = models.CharField(max_length=300, blank=True)
    is_ofsted_invited = models.BooleanField(default=False)
    others_invited = models.TextField(blank=True)
    attended = models.TextField(blank=True, help_text="Who came, and for which authority.")
    minutes = models.TextField(blank=True)
    held_on = models.DateField(null=True, blank=True)
    ended_how = models.TextField(blank=True)

    class Meta:
        ordering = ["-meets_at", "-pk"]
        indexes = [models.Index(fields=["setting", "state"])]
        triggers = guard(MEETINGS)

    @property
    def concerns_setting_id(self) -> int | None:
        return self.setting_id

    @step(MEETINGS)
    def call(self) -> None:
        """When, where and why stand on the meeting from the first."""

    @step(MEETINGS)
    def rearrange(self, *, meets_at: datetime, place: str) -> None:
        self.meets_at, self.place = meets_at, place

    @step(MEETINGS)
    def hold(self, *, held_on: date, attended: str, minutes: str) -> None:
        self.held_on, self.attended, self.minutes = held_on, attended, minutes

    @step(MEETINGS)
    def add_action(self) -> None:
        """What was agreed is a row beside the meeting."""

    @step(MEETINGS)
    def complete(self) -> None:
        """That it was done stands on the action."""

    @step(MEETINGS)
    def close(self, *, ended_how: str) -> None:
        self.ended_how = ended_how

    @step(MEETINGS)
    def cancel(self, *, ended_how: str) -> None:
        self.ended_how = ended_how


class Invited(models.Model):
    """Somebody invited to a meeting by name, such as an advocate."""

    meeting = models.ForeignKey(SettingMeeting, on_delete=models.PROTECT, related_name="invited")
    person = person_key()

    class Meta:
        ordering = ["meeting_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "person"], name="invited_once"),
        ]
        indexes = [models.Index(fields=["person"])]

    def __str__(self) -> str:
        return f"Invited {self.person_id}"


@pghistory.track()
class MeetingAction(models.Model):
    """What a meeting agreed that one authority does by a day."""

    meeting = models.ForeignKey(SettingMeeting, on_delete=models.PROTECT, related_name="tasks")
    what = models.TextField()
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    owner_name = models.CharField(max_length=200)
    due_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    done_by = person_key(null=True, blank=True)
    done_how = models.TextField(blank=True)

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="meeting_action_done_by_somebody",
                condition=Q(done_on__isnull=True) | Q(done_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["meeting", "due_on"])]

    def __str__(self) -> str:
        return f"{self.owner_name}, by {self.due_on:%-d %B %Y}"
