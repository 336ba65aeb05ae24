"""The nouns every room shares: authorities, homes, children, and where they have lived."""

from datetime import date

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField,
    BigIntegerRangeField,
    DateRangeField,
    RangeOperators,
)
from django.db import models
from django.db.models import F, Func, Q

from backend.records import codes


class DateRange(Func):
    """Spells as half-open ranges: the last day of one may be the first day of the next."""

    function = "daterange"
    output_field = DateRangeField()


class OneChild(Func):
    """A child as a range of one: ranges can be excluded without an extension of PostgreSQL."""

    template = "%(function)s(%(expressions)s, '[]')"
    function = "int8range"
    output_field = BigIntegerRangeField()


def never_overlap(name: str, condition: Q | None = None) -> ExclusionConstraint:
    """Two spells of one child never cover the same day.

    A spell is half-open, so one may start on the day the other ends, and a spell
    of no days at all (moved on the same day) covers none.
    """
    return ExclusionConstraint(
        name=name,
        expressions=[
            (OneChild(F("child"), F("child")), RangeOperators.OVERLAPS),
            (DateRange(F("started_on"), F("ended_on")), RangeOperators.OVERLAPS),
        ],
        condition=condition,
        violation_error_message="These dates overlap with another spell of this child.",
    )


def living_within(first: date, last: date) -> Q:
    """A spell that covers at least one of these days; its own last day is the next one's first."""
    return Q(started_on__lte=last) & (
        Q(ended_on__isnull=True) | (Q(ended_on__gt=first) & Q(ended_on__gt=F("started_on")))
    )


def ends_after_start(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
        violation_error_message="The end is before the start.",
    )


@pghistory.track()
class Authority(models.Model):
    """One of the authorities of England with children's services duties."""

    code = models.CharField(max_length=9, primary_key=True)
    name = models.CharField(max_length=100, unique=True)
    neighbours = models.ManyToManyField("self", symmetrical=True, blank=True)
    first_day_visit_counts = models.BooleanField(
        default=False,
        help_text="A visit on the day of the move counts as the first statutory visit.",
    )
    local_days_between_visits = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="A tighter local limit on the days between visits; never longer than the law.",
    )
    request_target_days = models.PositiveSmallIntegerField(
        default=5, help_text="Local target, in working days, for answering a request for a visit."
    )

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "authorities"

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Team(models.Model):
    """A team of an authority; a service is a team that other teams belong to."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(max_length=100)
    service = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="teams"
    )

    class Meta:
        ordering = ["authority_id", "name"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "name"], name="team_named_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.authority_id and self.authority.name}"


@pghistory.track()
class Provider(models.Model):
    """Who runs homes: the registered provider, its owner and the company above."""

    name = models.CharField(max_length=200)
    owner = models.CharField(max_length=200, blank=True)
    top_company = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Setting(models.Model):
    """A home, school or other place where children live."""

    urn = models.CharField(max_length=8, unique=True, null=True, blank=True)
    name = models.CharField(max_length=200)
    type = models.CharField(max_length=20, choices=codes.SettingType)
    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, null=True, blank=True, related_name="settings"
    )
    host_authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="settings")
    registered_places = models.PositiveSmallIntegerField(null=True, blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    linked_school_urn = models.CharField(max_length=8, blank=True)
    linked_school_name = models.CharField(max_length=200, blank=True)
    conditions = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]
        permissions = [("view_setting_picture", "May see the picture of this setting")]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Child(models.Model):
    """A child or young person whom an authority has placed, and who owns the record."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="children")
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    local_id = models.CharField(max_length=10)
    name = models.CharField(max_length=200)
    date_of_birth = models.DateField()
    gender = models.CharField(max_length=1, choices=codes.Gender, default="U")
    ethnicity = models.CharField(max_length=4, blank=True)
    upn = models.CharField(max_length=13, blank=True)
    home_postcode = models.CharField(max_length=8, blank=True)
    disabilities = ArrayField(
        models.CharField(max_length=4, choices=codes.Disability), default=list, blank=True
    )

    communicates_by = ArrayField(
        models.CharField(max_length=10, choices=codes.CommunicationMode), default=list, blank=True
    )
    communication_profile = models.TextField(
        blank=True, help_text="How this child says yes, no, more, stop, pain, fear, and who knows."
    )
    language = models.CharField(max_length=100, blank=True)
    interpreter_needed = models.BooleanField(default=False)
    culture = models.TextField(blank=True)
    religion = models.CharField(max_length=100, blank=True)
    identity_plan = models.TextField(
        blank=True, help_text="Hair, skin, food, faith, language: what must be kept."
    )
    needs_trauma = models.TextField(blank=True)
    needs_health = models.TextField(blank=True)
    needs_education = models.TextField(blank=True)
    ehc_plan_authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_unaccompanied = models.BooleanField(default=False)
    unaccompanied_until = models.DateField(null=True, blank=True)
    is_mother = models.BooleanField(default=False)
    mothers_child_born_on = models.DateField(null=True, blank=True)
    followed_from = models.DateField(
        null=True,
        blank=True,
        help_text="When the record was brought in from elsewhere, without the visits made before. "
        "Empty when it was begun here.",
    )

    class Meta:
        ordering = ["name", "pk"]
        verbose_name_plural = "children"
        permissions = [
            ("view_child_card", "May see the card of this child"),
            ("view_child_record", "May see the record of this child"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "local_id"], name="child_known_once_to_authority"
            ),
        ]
        indexes = [models.Index(fields=["team"])]

    def __str__(self) -> str:
        return f"Child {self.local_id}"

    def age_on(self, day: date) -> int:
        """Completed years on a day."""
        born = self.date_of_birth
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split() if word)


@pghistory.track()
class PeriodOfCare(models.Model):
    """A time during which a child was looked after without a break."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="periods_of_care")
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    category_of_need = models.CharField(max_length=2, blank=True)
    start_reason = models.CharField(max_length=1, blank=True)
    end_reason = models.CharField(max_length=4, blank=True)

    class Meta:
        ordering = ["child_id", "started_on"]
        verbose_name_plural = "periods of care"
        constraints = [
            ends_after_start("care_ends_after_start"),
            never_overlap("care_never_overlaps"),
        ]

    def __str__(self) -> str:
        return f"Looked after from {self.started_on:%-d %B %Y}"


@pghistory.track()
class LegalStatus(models.Model):
    """The legal basis of a child's care during a spell of days."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="legal_statuses")
    period_of_care = models.ForeignKey(
        PeriodOfCare, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    code = models.CharField(max_length=2, choices=codes.LegalStatusCode)
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["child_id", "started_on"]
        verbose_name_plural = "legal statuses"
        constraints = [
            ends_after_start("legal_status_ends_after_start"),
            never_overlap("legal_status_never_overlaps"),
        ]

    def __str__(self) -> str:
        return self.get_code_display()


@pghistory.track()
class Placement(models.Model):
    """Where a child lives, from a day to a day; a temporary stay lies inside a placement."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="placements")
    period_of_care = models.ForeignKey(
        PeriodOfCare, on_delete=models.PROTECT, null=True, blank=True, related_name="placements"
    )
    setting = models.ForeignKey(
        Setting, on_delete=models.PROTECT, null=True, blank=True, related_name="placements"
    )
    place = models.CharField(max_length=3, choices=codes.PlaceCode)
    provider_code = models.CharField(max_length=3, blank=True)
    basis = models.CharField(max_length=30, choices=codes.PlacementBasis, blank=True, default="")
    basis_ended_on = models.DateField(null=True, blank=True)
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    is_temporary = models.BooleanField(default=False)
    carer_name = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    home_postcode = models.CharField(max_length=8, blank=True)
    host_authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    distance_miles = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    is_in_area = models.BooleanField(null=True, blank=True)
    is_at_a_distance = models.BooleanField(
        null=True, blank=True, help_text="Outside the area and outside every adjoining area."
    )
    is_52_weeks = models.BooleanField(
        default=False, help_text="The child does not go home: fewer outside eyes."
    )
    intended_until_18 = models.BooleanField(default=False)
    permanence_decided_on = models.DateField(null=True, blank=True)
    long_term_foster_agreed_on = models.DateField(null=True, blank=True)
    long_term_foster_withdrawn_on = models.DateField(null=True, blank=True)
    order_made_on = models.DateField(null=True, blank=True)
    notified_on = models.DateField(
        null=True, blank=True, help_text="When the authority was told of a section 85 or 86 stay."
    )
    options_sought = models.TextField(
        blank=True, help_text="Local places sought, and why none met the child's needs."
    )
    could_live_nearer = models.BooleanField(
        null=True, blank=True, help_text="Could this child now live nearer home?"
    )
    could_live_nearer_reason = models.TextField(blank=True)
    distant_approved_by = models.CharField(max_length=200, blank=True)
    distant_approved_on = models.DateField(null=True, blank=True)
    start_code = models.CharField(max_length=1, blank=True)
    end_code = models.CharField(max_length=4, blank=True)
    change_reason = models.CharField(max_length=6, blank=True)

    class Meta:
        ordering = ["child_id", "started_on"]
        constraints = [
            ends_after_start("placement_ends_after_start"),
            never_overlap("placement_never_overlaps", condition=Q(is_temporary=False)),
            models.UniqueConstraint(
                fields=["child"],
                condition=Q(ended_on__isnull=True, is_temporary=False),
                name="placement_open_once",
            ),
        ]
        indexes = [
            models.Index(fields=["setting", "started_on"]),
            models.Index(fields=["host_authority", "started_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.where} from {self.started_on:%-d %B %Y}"

    @property
    def where(self) -> str:
        if self.setting_id and self.setting:
            return self.setting.name
        return self.carer_name or self.get_place_display()

    @property
    def is_looked_after(self) -> bool:
        return self.basis not in codes.NOT_LOOKED_AFTER


@pghistory.track()
class MissingEpisode(models.Model):
    """A time when a child was missing, or away without authorisation."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="missing_episodes")
    is_away = models.BooleanField(default=False, help_text="Away without authorisation.")
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["child_id", "started_on"]
        constraints = [
            ends_after_start("missing_ends_after_start"),
            never_overlap("missing_never_overlaps"),
        ]

    def __str__(self) -> str:
        return f"{'Away' if self.is_away else 'Missing'} from {self.started_on:%-d %B %Y}"


@pghistory.track()
class Relative(models.Model):
    """Somebody of the child's family or close to them."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="relatives")
    name = models.CharField(max_length=200)
    relationship = models.CharField(max_length=100)
    has_parental_responsibility = models.BooleanField(default=False)
    contact_restricted = models.BooleanField(default=False)

    class Meta:
        ordering = ["child_id", "name"]

    def __str__(self) -> str:
        return self.relationship


@pghistory.track()
class Advocacy(models.Model):
    """The offer of an advocate to a child, who pays, and what the child said."""

    class Basis(models.TextChoices):
        INSTRUCTED = "instructed", "Instructed by the child"
        NON_INSTRUCTED = "non_instructed", "Non-instructed (the child cannot yet instruct)"

    class Answer(models.TextChoices):
        WAITING = "waiting", "No answer yet"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="advocacy")
    offered_on = models.DateField()
    how_offered = models.CharField(
        max_length=200, help_text="How it was explained, in the child's own way."
    )
    answer = models.CharField(max_length=10, choices=Answer, default=Answer.WAITING)
    answered_on = models.DateField(null=True, blank=True)
    basis = models.CharField(max_length=15, choices=Basis, default=Basis.INSTRUCTED)
    advocate_name = models.CharField(max_length=200, blank=True)
    organisation = models.CharField(max_length=200, blank=True)
    commissioned_by = models.CharField(max_length=200, blank=True)
    is_independent = models.BooleanField(
        null=True, blank=True, help_text="Independent of the home and of its owner."
    )
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["child_id", "-offered_on"]
        verbose_name_plural = "advocacy"

    def __str__(self) -> str:
        return f"Advocate offered {self.offered_on:%-d %B %Y}"
