"""What is asked of somebody about how they are told, and when they are away."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from backend.access.models import Person
from backend.notify.choosing import families
from backend.notify.models import Preference, Way
from backend.notify.ways import offered
from frontend.forms import Checkboxes, DateField, Form, Radios, TextInput, TimeField, YesNoField

WAYS = {
    Way.EMAIL: ("by_email", "E-mail"),
    Way.TEXT: ("by_text", "Text message"),
    Way.PUSH: ("by_push", "A message on the browsers you added"),
}
DIGEST_HINTS = {
    str(Preference.Every.DAY): "At 7 in the morning, when there is something to say",
    str(Preference.Every.WEEK): "At 7 in the morning",
}
NOBODY = "nobody"


def ways_offered() -> list[tuple[str, str]]:
    there = offered()
    return [(str(way), label) for way, (_, label) in WAYS.items() if way in there]


def families_named() -> list[tuple[str, str]]:
    return list(families().items())


class Telling(Form):
    """How somebody wishes to be told."""

    ways = forms.MultipleChoiceField(
        label="How should alerts reach you, beside this site?",
        required=False,
        choices=ways_offered,
        widget=Checkboxes(reveals={Way.TEXT: ["phone"]}),
    )
    phone = forms.CharField(
        label="Mobile number",
        help_text="A UK mobile number, like 07700 900 123",
        required=False,
        max_length=30,
        widget=TextInput(width=20, type="tel", autocomplete="tel"),
    )
    families = forms.MultipleChoiceField(
        label="Which alerts should leave this site?",
        help_text="The others wait for you in your notifications",
        required=False,
        choices=families_named,
        widget=Checkboxes(is_small=True),
    )
    has_quiet_hours = YesNoField(
        label="Do you want quiet hours?",
        help_text="What comes then is sent when they end. Urgent alerts are sent at once.",
        reveals={"yes": ["quiet_from", "quiet_to"]},
        error_messages={"required": "Say whether you want quiet hours"},
    )
    quiet_from = TimeField(
        called="The time at which quiet hours begin",
        label="From",
        help_text="For example, 20:00 or 8pm",
        error_messages={"required": "Enter when quiet hours begin"},
    )
    quiet_to = TimeField(
        called="The time at which quiet hours end",
        label="To",
        help_text="For example, 07:30 or 7:30am",
        error_messages={"required": "Enter when quiet hours end"},
    )
    digest = forms.ChoiceField(
        label="How often do you want a summary by e-mail?",
        help_text="Counts of what is overdue and due soon, without names of children",
        choices=Preference.Every.choices,
        widget=Radios(hints=DIGEST_HINTS),
        error_messages={"required": "Choose how often"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if Way.TEXT not in offered():
            del self.fields["phone"]
            self.fields["ways"].widget = Checkboxes()
            self.fields["ways"].widget.choices = ways_offered()


class EnterLeave(Form):
    """When somebody is away."""

    started_on = DateField(
        called="The first day away", label="First day away", help_text="For example, 27 3 2026"
    )
    ended_on = DateField(
        called="The last day away", label="Last day away", help_text="For example, 10 4 2026"
    )
    deputy = forms.ChoiceField(
        label="Who is told in your place?",
        help_text="They are told of what they may see themselves. Of everything else, whoever "
        "is above you is told at once.",
        widget=forms.Select,
        error_messages={"required": "Choose a colleague, or nobody"},
    )

    def __init__(self, *args: Any, colleagues: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {str(one.pk): one for one in colleagues.order_by("name", "pk")}
        self.fields["deputy"].choices = [  # type: ignore[attr-defined]
            ("", "Choose"),
            *((pk, one.name) for pk, one in self.colleagues.items()),
            (NOBODY, "Nobody: whoever is above me"),
        ]

    @property
    def days(self) -> tuple[date, date]:
        return self.cleaned_data["started_on"], self.cleaned_data["ended_on"]

    @property
    def chosen_deputy(self) -> Person | None:
        return self.colleagues.get(self.cleaned_data["deputy"])
