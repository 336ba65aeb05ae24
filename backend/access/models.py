"""People, the parts they play, and what follows from them: who may see whom."""

import pghistory
import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from backend.grammar.roles import ALLOCATED, ASSIGNED, LABELS, Role
from backend.records.models import Authority, Child, Setting, Team


class People(BaseUserManager["Person"]):
    """Makes accounts; e-mail addresses are kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **facts: object) -> "Person":
        person = self.model(email=email.strip().lower(), **facts)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str, **facts: object) -> "Person":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **facts)

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=(username or "").strip().lower())


@pghistory.track(exclude=["password", "last_login"])
class Person(AbstractBaseUser, PermissionsMixin):
    """A professional with an account."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200)
    organisation = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(db_default=Now())

    objects = People()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "pk"]
        verbose_name_plural = "people"
        constraints = [models.UniqueConstraint(Lower("email"), name="person_email_once")]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


def labelled(roles: tuple[Role, ...]) -> list[tuple[str, str]]:
    return [(role.value, LABELS[role]) for role in roles]


@pghistory.track()
class RoleAssignment(models.Model):
    """A part that somebody plays for a team, an authority or a setting, from a day to a day."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=20, choices=labelled((*ASSIGNED, *ALLOCATED)))
    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    setting = models.ForeignKey(
        Setting, on_delete=models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["person_id", "started_on"]
        constraints = [
            models.CheckConstraint(
                name="assignment_has_one_place",
                condition=(
                    Q(authority__isnull=False, team__isnull=True, setting__isnull=True)
                    | Q(authority__isnull=True, team__isnull=False, setting__isnull=True)
                    | Q(authority__isnull=True, team__isnull=True, setting__isnull=False)
                ),
                violation_error_message="Name one team, one authority or one setting.",
            ),
            models.CheckConstraint(
                name="assignment_ends_after_start",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                violation_error_message="The end is before the start.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.team or self.authority or self.setting}"


@pghistory.track()
class Allocation(models.Model):
    """A child is this person's to see, review or speak for, from a day to a day."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="allocations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="allocations")
    role = models.CharField(max_length=20, choices=labelled(ALLOCATED))
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["child_id", "role", "started_on"]
        constraints = [
            models.CheckConstraint(
                name="allocation_ends_after_start",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                violation_error_message="The end is before the start.",
            ),
            models.UniqueConstraint(
                fields=["child", "role"],
                condition=Q(ended_on__isnull=True),
                name="allocation_open_once",
                violation_error_message="Somebody already plays this part for the child.",
            ),
        ]
        indexes = [models.Index(fields=["person", "ended_on"])]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_role_display()}"


class ChildGrant(UserObjectPermissionBase):
    """A person may see this child. Derived from facts, never given by hand."""

    content_object = models.ForeignKey(Child, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        indexes = [models.Index(fields=["user", "permission", "content_object"])]


class ChildGroupGrant(GroupObjectPermissionBase):
    """A group of people may see this child. Derived from facts."""

    content_object = models.ForeignKey(Child, on_delete=models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        indexes = [models.Index(fields=["group", "permission", "content_object"])]


class SettingGrant(UserObjectPermissionBase):
    """A person may see the picture of this setting. Derived from facts."""

    content_object = models.ForeignKey(Setting, on_delete=models.CASCADE)


class SettingGroupGrant(GroupObjectPermissionBase):
    """A group of people may see the picture of this setting. Derived from facts."""

    content_object = models.ForeignKey(Setting, on_delete=models.CASCADE)


class BreakGlass(models.Model):
    """Somebody opened a record they had no grant for, with a reason, for a limited time."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="break_glass")
    reason = models.TextField()
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["-opened_at"]
        verbose_name_plural = "break glass"
        constraints = [
            models.CheckConstraint(
                name="break_glass_has_reason",
                condition=~Q(reason=""),
            ),
            models.CheckConstraint(
                name="break_glass_ends",
                condition=Q(ends_at__gt=F("opened_at")),
            ),
        ]
        indexes = [models.Index(fields=["person", "ends_at"])]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"Opened {self.opened_at:%-d %B %Y %H:%M}"


class ReadLog(models.Model):
    """Who read which child's record, or which case, when, and why they could."""

    person_id = models.BigIntegerField()
    person_name = models.CharField(max_length=200)
    child_id = models.BigIntegerField(null=True, help_text="Empty for a case that is no child's.")
    at = models.DateTimeField()
    depth = models.CharField(max_length=10)
    page = models.CharField(max_length=60)
    because = models.CharField(max_length=300)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["child_id", "-at"])]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.person_name} read {self.page}"
