"""What is asked about an alert, and about how alerts go up."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from backend.alerts.ladder import FAMILIES, MOST, Rung, Unit, Way
from backend.alerts.table import NEW, TABLE
from backend.grammar.roles import LABELS, Role
from frontend.forms import Checkboxes, DateField, Form, LongTextField, Radios, TextInput
from frontend.parts.words import capital

LONGEST = 20_000
STANDING = "standing"
STATES = [
    (STANDING, "Everything not ended"),
    *[(str(state), state.label) for state in TABLE.states if state != NEW],
]
STEPS = [("0", "First telling"), ("1", "Step 1"), ("2", "Step 2"), ("3", "Step 3 or later")]
NOBODY = "nobody"


class AlertFilters(Form):
    """Narrows the list of alerts."""

    mine = forms.MultipleChoiceField(
        label="Whose",
        required=False,
        choices=[("yes", "Sent to me, or of my children")],
        widget=Checkboxes(is_small=True),
    )
    state = forms.MultipleChoiceField(
        label="How it stands", required=False, choices=STATES, widget=Checkboxes(is_small=True)
    )
    family = forms.MultipleChoiceField(
        label="About",
        required=False,
        choices=list(FAMILIES.items()),
        widget=Checkboxes(is_small=True),
    )
    step = forms.MultipleChoiceField(
        label="Step reached", required=False, choices=STEPS, widget=Checkboxes(is_small=True)
    )
    team = forms.MultipleChoiceField(label="Team", required=False, widget=Checkboxes(is_small=True))
    worker = forms.MultipleChoiceField(
        label="Social worker", required=False, widget=Checkboxes(is_small=True)
    )

    def offer(self, **choices: list[tuple[Any, str]]) -> None:
        """Puts in the choices there are; a question with one answer or none is left out."""
        for name, offered in choices.items():
            if len(offered) > 1 or (offered and name in self.data):
                self.fields[name].choices = [(str(key), words) for key, words in offered]  # type: ignore[attr-defined]
            else:
                del self.fields[name]


class AnswerAlert(Form):
    """What will be done, by whom and by when."""

    what = LongTextField(
        label="What will be done?",
        max_length=LONGEST,
        rows=3,
        error_messages={"required": "Say what will be done"},
    )
    doer = forms.CharField(
        label="Who will do it?",
        max_length=200,
        help_text="A name, not a team.",
        widget=TextInput(),
        error_messages={"required": "Say who will do it"},
    )
    by_on = DateField(
        called="The day it will be done by",
        label="By when?",
        help_text="Today, or within four weeks. If it is not done by then, the alert goes on "
        "from where it was.",
    )


class PutOff(Form):
    """Until when, and why."""

    until = DateField(
        called="The day it is put off until",
        label="Until when?",
        help_text="Three working days at most. An alert can be put off twice.",
    )
    reason = LongTextField(
        label="Why can nothing be said yet?",
        max_length=LONGEST,
        rows=3,
        error_messages={"required": "Say why the alert is put off"},
    )


class Waive(Form):
    """Why nothing more is to be done."""

    reason = LongTextField(
        label="Why is nothing more to be done?",
        max_length=LONGEST,
        rows=4,
        help_text="Your name and this reason stand on the alert. The date that passed stays "
        "recorded as it is.",
        error_messages={"required": "Say why nothing more is to be done"},
    )


class Receive(Form):
    """Nothing is asked: the name of who pressed it is what counts."""


class Ask(Form):
    """Nothing is asked of whoever asks: the question is always what is being done."""


# How alerts go up

PROFESSIONALS = (
    Role.SOCIAL_WORKER,
    Role.IRO,
    Role.TEAM_MANAGER,
    Role.SERVICE_MANAGER,
    Role.DIRECTOR,
    Role.IRO_MANAGER,
    Role.NOMINATED_OFFICER,
)
#: Who else plays a part in what one family is about.
ALSO = {
    "notices": (Role.HOST_OFFICER,),
    "lado": (Role.LADO, Role.HOST_OFFICER, Role.REFERRER),
    "escalations": (Role.RAISED_BY, Role.SENT_TO, Role.HOST_OFFICER),
}
WAYS = {
    Way.LIVE: "In the page, always",
    Way.EMAIL: "E-mail",
    Way.TEXT: "Text message",
}


AFTER, BEFORE = "after", "before"


class RungForm(Form):
    """One step upwards; left empty it is no step."""

    after = forms.IntegerField(
        label="How long?",
        help_text="0 working days before the date is the morning of the last day.",
        min_value=0,
        max_value=MOST[Unit.HOURS],
        required=False,
        widget=TextInput(width=3, inputmode="numeric"),
        error_messages={"invalid": "Enter a whole number"},
    )
    unit = forms.ChoiceField(
        label="Counted in",
        required=False,
        choices=[(Unit.WORKING_DAYS.value, "Working days"), (Unit.HOURS.value, "Hours")],
        widget=Radios(is_inline=True, is_small=True),
    )
    side = forms.ChoiceField(
        label="Before or after the date?",
        required=False,
        choices=[(AFTER, "After the date"), (BEFORE, "Before the date, as a reminder")],
        widget=Radios(is_inline=True, is_small=True),
    )
    roles = forms.MultipleChoiceField(
        label="Who is told?", required=False, widget=Checkboxes(is_small=True)
    )
    ways = forms.MultipleChoiceField(
        label="By which way, beside the page?",
        required=False,
        choices=[(way.value, words) for way, words in WAYS.items() if way is not Way.LIVE],
        widget=Checkboxes(is_small=True),
    )
    repeats_every = forms.IntegerField(
        label="Told again every so many working days, until something is done",
        help_text="Only the last step can be repeated. The gap doubles each time, up to 20 "
        "working days. Leave empty for no repeat.",
        min_value=0,
        max_value=30,
        required=False,
        widget=TextInput(width=3, inputmode="numeric"),
        error_messages={"invalid": "Enter a whole number"},
    )

    def offer(self, family: str) -> "RungForm":
        roles = (*PROFESSIONALS, *ALSO.get(family, ()))
        self.fields["roles"].choices = [(r.value, capital(LABELS[r])) for r in roles]  # type: ignore[attr-defined]
        return self

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked for: no wait and nobody."""
        return not self["after"].value() and not self["roles"].value()

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("after") is None and "after" not in self.errors:
            self.add_error("after", "Enter how long, such as 3")
        if not answers.get("unit"):
            self.add_error("unit", "Select working days or hours")
        if not answers.get("side"):
            self.add_error("side", "Select before or after the date")
        if not answers.get("roles") and "roles" not in self.errors:
            self.add_error("roles", "Select who is told")
        return answers

    @property
    def rung(self) -> Rung:
        """The step that was asked for, when the form is valid."""
        answers = self.cleaned_data
        return Rung(
            after=answers["after"],
            unit=Unit(answers["unit"]),
            roles=tuple(Role(role) for role in answers["roles"]),
            ways=(Way.LIVE, *(Way(way) for way in answers["ways"])),
            repeats_every=answers["repeats_every"] or 0,
            is_before=answers["side"] == BEFORE,
        )


MOST_STEPS = 8


class RungForms:
    """The steps of a ladder as they are asked, with one empty one after them."""

    def __init__(
        self, family: str, rungs: Sequence[Rung], answers: Mapping[str, Any] | None
    ) -> None:
        count = str(answers.get("count", "")) if answers is not None else ""
        shown = int(count) if count.isdecimal() and len(count) < 3 else len(rungs)
        if answers is not None and "add" in answers:
            shown += 1
        self.count = max(1, min(shown, MOST_STEPS))
        self.forms = [
            RungForm(answers, prefix=f"step-{number}", initial=first_answers(rungs, number)).offer(
                family
            )
            for number in range(1, self.count + 1)
        ]

    @property
    def may_grow(self) -> bool:
        return self.count < MOST_STEPS

    @property
    def asked(self) -> list[RungForm]:
        return [form for form in self.forms if not form.is_empty]

    def is_valid(self) -> bool:
        """Every step is judged, so that all errors show at once; an empty one is left out."""
        errors = [form.errors for form in self.asked]
        return not any(errors)

    def rungs(self) -> list[Rung]:
        return [form.rung for form in self.asked]


def first_answers(rungs: Sequence[Rung], number: int) -> dict[str, Any]:
    if number > len(rungs):
        return {"unit": Unit.WORKING_DAYS.value, "side": AFTER, "ways": [Way.EMAIL.value]}
    rung = rungs[number - 1]
    return {
        "after": rung.after,
        "unit": rung.unit.value,
        "side": BEFORE if rung.is_before else AFTER,
        "roles": [role.value for role in rung.roles],
        "ways": [way.value for way in rung.ways],
        "repeats_every": rung.repeats_every or None,
    }


def ways_words(ways: Iterable[Way]) -> str:
    words = {Way.LIVE: "in the page", Way.EMAIL: "e-mail", Way.TEXT: "text message"}
    return ", ".join(words[way] for way in ways)
