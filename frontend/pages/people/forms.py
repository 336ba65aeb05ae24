"""What is asked about accounts, parts, teams and policy."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q

from backend.casework.accounts import KINDS_OF_PLACE, PLAYED_FOR
from backend.casework.administrators import Place
from backend.casework.authorities import (
    LONGEST_BETWEEN_VISITS,
    LONGEST_OUT_OF_HOURS,
    LONGEST_REQUEST_TARGET,
)
from backend.grammar.roles import LABELS, Role
from backend.records.models import Authority, Setting, Team
from frontend.forms import (
    Checkboxes,
    DateField,
    Form,
    LongTextField,
    Radios,
    TextInput,
    YesNoField,
)
from frontend.parts.words import capital

STANDING = [("here", "Working here"), ("left", "Left")]
DAY_HINT = "For example, 27 3 2026"
ROLES = [(role.value, capital(LABELS[role])) for role in PLAYED_FOR]
ROLE_HINTS = {
    role.value: f"For {' or '.join(KINDS_OF_PLACE[kind] for kind in kinds)}"
    for role, kinds in PLAYED_FOR.items()
}
SEVERAL = "Choose a team, the authority or a home"


class PeopleFilters(Form):
    """Narrows the list of accounts."""

    name = forms.CharField(label="Name or e-mail", required=False, widget=TextInput())
    standing = forms.MultipleChoiceField(
        label="Only people", required=False, choices=STANDING, widget=Checkboxes(is_small=True)
    )


class PlaceField(forms.ChoiceField):
    """A team, the whole authority, or a home in its area."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            error_messages={"required": SEVERAL, "invalid_choice": SEVERAL},
            **kwargs,
        )
        self.places: dict[str, Place] = {}

    def offer(self, authority: Authority) -> None:
        """Puts in the places that the administrators of an authority answer for."""
        teams = list(Team.objects.filter(authority=authority).order_by("name"))
        homes = list(Setting.objects.filter(host_authority=authority).order_by("name", "pk"))
        self.places = {
            "authority": authority,
            **{f"team-{team.pk}": team for team in teams},
            **{f"home-{home.pk}": home for home in homes},
        }
        groups: list[tuple[str, Any]] = [("", "Choose"), ("authority", f"All of {authority.name}")]
        for title, prefix, rows in (("Teams", "team", teams), ("Homes", "home", homes)):
            if rows:
                groups.append((title, [(f"{prefix}-{row.pk}", row.name) for row in rows]))
        self.choices = groups

    def clean(self, value: Any) -> Place:
        return self.places[super().clean(value)]


class GivePart(Form):
    """A part, and what it is played for."""

    role = forms.ChoiceField(
        label="Part",
        choices=ROLES,
        widget=Radios(hints=ROLE_HINTS),
        error_messages={"required": "Select a part", "invalid_choice": "Select a part"},
    )
    place = PlaceField(label="For")
    started_on = DateField(
        called="The first day", label="First day", help_text=f"Today or earlier. {DAY_HINT}"
    )

    def __init__(self, *args: Any, authority: Authority, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].offer(authority)  # type: ignore[attr-defined]
        self.fields["started_on"].initial = on
        self.fields["started_on"].latest = on  # type: ignore[attr-defined]
        self.fields["started_on"].latest_words = "today or in the past"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        answers = dict(super().clean() or {})
        if "role" in answers:
            answers["role"] = Role(answers["role"])
        return answers


class NewPerson(GivePart):
    """Somebody who gets an account, and their first part."""

    name = forms.CharField(
        label="Full name",
        max_length=200,
        widget=TextInput(autocomplete="off"),
        error_messages={"required": "Enter the person's full name"},
    )
    email = forms.EmailField(
        label="E-mail address",
        help_text="They sign in with it, and choose a password through it.",
        widget=TextInput(autocomplete="off"),
        error_messages={
            "required": "Enter an e-mail address",
            "invalid": "Enter an e-mail address, like name@example.gov.uk",
        },
    )
    organisation = forms.CharField(
        label="Organisation",
        max_length=200,
        required=False,
        help_text="On whose behalf they read and write. It is shown on every page.",
        widget=TextInput(),
    )
    field_order = ["name", "email", "organisation"]

    def __init__(self, *args: Any, authority: Authority, **kwargs: Any) -> None:
        super().__init__(*args, authority=authority, **kwargs)
        self.fields["organisation"].initial = authority.name


class EndPart(Form):
    """The day from which somebody no longer plays a part."""

    ended_on = DateField(
        called="The day it ends",
        label="From which day do they not play this part any more?",
        help_text=f"Today ends it at once. {DAY_HINT}",
    )


class Confirm(Form):
    """Nothing is asked: pressing the button is the answer."""


class NameTeam(Form):
    """What a team is called."""

    name = forms.CharField(
        label="Name of the team",
        max_length=100,
        widget=TextInput(),
        error_messages={"required": "Enter the name of the team"},
    )


class PutUnderService(Form):
    """The service that a team belongs to."""

    service = forms.ModelChoiceField(
        label="Service",
        queryset=Team.objects.none(),
        required=False,
        empty_label="No service",
        help_text="Service managers see the records of the children of every team of theirs.",
        error_messages={"invalid_choice": "Choose a service of this authority"},
    )

    def __init__(
        self, *args: Any, authority: Authority, team: Team | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        services = Team.objects.filter(authority=authority, service__isnull=True)
        field: Any = self.fields["service"]
        field.queryset = services.exclude(pk=team.pk) if team else services
        field.label_from_instance = name_of_team


class NewTeam(NameTeam, PutUnderService):
    """A team and its service."""

    field_order = ["name", "service"]


def name_of_team(team: Team) -> str:
    return team.name


class SetPolicy(Form):
    """How an authority counts, where the law leaves it a choice."""

    first_day_visit_counts = YesNoField(
        label="Does a visit on the day of the move count as the first visit of a placement?",
        hints={
            "no": "A visit within a week is due even if the social worker came along on the day",
        },
        error_messages={"required": "Select yes or no"},
    )
    local_days_between_visits = forms.IntegerField(
        label="Local limit between two visits",
        required=False,
        help_text=(
            f"At most {LONGEST_BETWEEN_VISITS} days: a local limit can only be tighter than the "
            "law. Leave empty if there is none. It is always shown as local, beside the law."
        ),
        widget=TextInput(width=3, suffix="days", inputmode="numeric"),
        error_messages={"invalid": "Enter a whole number of days"},
    )
    request_target_days = forms.IntegerField(
        label="Target for answering a request for a visit",
        help_text=f"From 1 to {LONGEST_REQUEST_TARGET} working days. The law says no number.",
        widget=TextInput(width=3, suffix="working days", inputmode="numeric"),
        error_messages={
            "required": "Enter a number of working days",
            "invalid": "Enter a whole number of working days",
        },
    )
    out_of_hours = LongTextField(
        label="Who covers when your offices are closed?",
        help_text="The duty team and its phone number, as they stand on every alert. Leave empty "
        "if nobody covers.",
        required=False,
        max_length=LONGEST_OUT_OF_HOURS,
        rows=3,
    )
    covered_by = forms.EmailField(
        label="Who is told then of danger that nobody reads?",
        help_text="The e-mail address of somebody with a part in your authority, such as the duty "
        "manager. When nobody who was told of something urgent has read it within 30 minutes, and "
        "the offices are closed, this person is told as well. Leave empty if there is nobody.",
        required=False,
        widget=TextInput(autocomplete="off", spellcheck="false"),
        error_messages={"invalid": "Enter an e-mail address, such as name@example.gov.uk"},
    )


def matching(words: str) -> Q:
    """People whose name or e-mail address contains these words."""
    return Q(name__icontains=words) | Q(email__icontains=words)
