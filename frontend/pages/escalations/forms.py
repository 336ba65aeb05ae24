"""What is asked about concerns between agencies, whom to call, and meetings about a home."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from backend.records.models import Authority
from frontend.forms import (
    Checkboxes,
    DateField,
    Form,
    LongTextField,
    Radios,
    TextInput,
    TimeField,
    YesNoField,
)
from frontend.parts.words import capital
from workflows.escalations.ladders import LEVEL_WORDS, Ladder, Level, Rung, Use
from workflows.escalations.models import Kind, Outside

LEVELS = [(level.value, capital(words)) for level, words in LEVEL_WORDS.items()]
DAY_HINT = "For example, 27 3 2026"


def words_field(label: str, error: str = "", *, rows: int = 3, **options: Any) -> LongTextField:
    return LongTextField(label=label, rows=rows, error_messages={"required": error}, **options)


def day_field(label: str, called: str, **options: Any) -> DateField:
    return DateField(label=label, called=called, help_text=DAY_HINT, **options)


def line_field(
    label: str, error: str = "", *, longest: int = 200, **options: Any
) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        widget=TextInput(width=30),
        error_messages={"required": error},
        **options,
    )


LOWEST = "lowest"


class Raise(Form):
    """A concern in under a minute: with whom, what, and what should happen."""

    kind = forms.ChoiceField(
        label="Who should answer?",
        choices=[],
        widget=Radios(),
        error_messages={"required": "Select who should answer"},
    )
    concern = words_field(
        "What worries you?",
        "Say what worries you: what was done, or not done",
        rows=4,
        help_text="What the other agency did, or did not do. They will read this.",
    )
    wanted = words_field("What should happen?", "Say what you want to happen", rows=2)
    wanted_by = day_field("By when? (optional)", "The day", required=False)
    is_immediate_risk = YesNoField(
        label="Is a child at immediate risk?",
        reveals={"yes": ["risk", "rung"]},
        error_messages={"required": "Select yes if a child is at immediate risk"},
    )
    risk = words_field("What is the risk now?", "Say what the immediate risk is", rows=2)
    rung = forms.ChoiceField(
        label="Start at which level?",
        choices=[],
        widget=Radios(),
        error_messages={"required": "Select at which level it starts"},
    )

    def offer(self, kinds: Mapping[Kind, str], ladders: Mapping[Kind, Ladder]) -> "Raise":
        """What can be raised from here, by which ladder it goes up, and where it can start."""
        self.ladders = ladders
        kind: Any = self.fields["kind"]
        kind.choices = [(kind.value, words) for kind, words in kinds.items()]
        kind.widget.hints = {
            kind.value: f"Goes up by: {ladder.name}" for kind, ladder in ladders.items()
        }
        if len(kinds) == 1:
            kind.initial = next(iter(kinds)).value
        levels = dict.fromkeys(rung.words for ladder in ladders.values() for rung in ladder.rungs)
        rung: Any = self.fields["rung"]
        rung.choices = [(LOWEST, "At the lowest level"), *((one, capital(one)) for one in levels)]
        rung.initial = LOWEST
        return self

    def clean(self) -> dict[str, Any]:
        """Which rung it is of the ladder that was chosen."""
        answers = super().clean() or {}
        ladder = self.ladders.get(answers.get("kind", ""))
        asked = answers.get("rung") or LOWEST
        if ladder is None:
            return answers
        levels = [LOWEST, *(rung.words for rung in ladder.rungs)]
        if asked in levels:
            return {**answers, "rung": max(0, levels.index(asked) - 1)}
        self.add_error("rung", f"This ladder has only: {'; '.join(levels[1:])}")
        return answers


class Nothing(Form):
    """Nothing is asked; the button says it."""


class Answer(Form):
    answer = words_field(
        "What will be done?", "Say what will be done, or why nothing will be", rows=4
    )
    promised_by_whom = line_field("Who will do it?", "Enter who will do it")
    promised_by = day_field("By when? (optional)", "The day", required=False)


class Reason(Form):
    reason = words_field("Why?", "Say why")

    def called(self, label: str, error: str) -> "Reason":
        self.fields["reason"].label = label
        self.fields["reason"].error_messages["required"] = error
        return self


class Skip(Form):
    rung = forms.TypedChoiceField(
        label="To which level?",
        choices=[],
        coerce=int,
        widget=Radios(),
        error_messages={"required": "Select a level"},
    )
    is_risk = YesNoField(
        label="Is there an immediate risk to a child?",
        error_messages={"required": "Select yes if there is an immediate risk"},
    )
    reason = words_field("Why can it not wait?", "Say why it cannot wait at the level it is at")

    def offer(self, levels: Iterable[tuple[int, str]]) -> "Skip":
        self.fields["rung"].choices = [  # type: ignore[attr-defined]
            (str(number), capital(words)) for number, words in levels
        ]
        return self


class TakeOutside(Form):
    where = forms.ChoiceField(
        label="Where do you take it?",
        choices=Outside.choices,
        widget=Radios(hints={Outside.CAFCASS: "By the IRO, at any time"}),
        error_messages={"required": "Select where you take it"},
    )
    to_name = line_field("Who took it there? (optional)", required=False)
    reason = words_field("Why?", "Say why you take it outside")

    def __init__(self, *args: Any, is_iro: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_iro:
            self.fields["where"].choices = [  # type: ignore[attr-defined]
                (value, label) for value, label in Outside.choices if value != Outside.CAFCASS
            ]


class End(Form):
    ended_how = words_field("What was agreed?", "Say what was agreed")
    changed_for_child = words_field(
        "What changed for the child?",
        "Say what changed for the child, also when that is nothing",
        help_text="If nothing changed, say so.",
    )

    def called(self, label: str, error: str) -> "End":
        self.fields["ended_how"].label = label
        self.fields["ended_how"].error_messages["required"] = error
        return self


class Withdraw(Form):
    reason = words_field("Why do you withdraw it?", "Say why you withdraw it")
    changed_for_child = words_field(
        "What changed for the child?",
        "Say what changed for the child, also when that is nothing",
        help_text="If nothing changed, say so.",
    )


class Words(Form):
    words = words_field("Write to both sides", "Write what you want to say")


class PrivateNote(Form):
    words = words_field("Add a note for your own side", "Write the note")


# Whom to call


class Contact(Form):
    """How somebody is reached."""

    name = line_field("Name", "Enter the name")
    job = line_field("Job (optional)", required=False)
    phone = line_field("Telephone (optional)", longest=40, required=False)
    email = line_field("E-mail (optional)", longest=254, required=False)
    account = line_field(
        "The e-mail address of their account here (optional)",
        longest=254,
        required=False,
        help_text="With an account, concerns are sent to them. Without one they can only be "
        "called, and a concern goes on to the next level at once.",
    )


class NewContact(Contact):
    """Whom to call at one level of an authority or a home."""

    field_order = ("place", "level")

    place = forms.ChoiceField(
        label="Where do they work?",
        choices=[],
        widget=forms.Select(attrs={"class": "govuk-select"}),
        error_messages={"required": "Select where they work"},
    )
    level = forms.ChoiceField(
        label="What are they called about?",
        choices=LEVELS,
        widget=Radios(),
        error_messages={"required": "Select what they are called about"},
    )

    def offer(self, places: Mapping[str, str]) -> "NewContact":
        """The authorities and homes that the reader keeps; one alone is chosen already."""
        field: Any = self.fields["place"]
        field.choices = [("", "Choose one"), *places.items()] if len(places) > 1 else places.items()
        return self


class WhichContacts(Form):
    authority = forms.ModelChoiceField(
        queryset=Authority.objects.all(),
        label="Authority",
        required=False,
        empty_label="Every authority",
    )
    level = forms.ChoiceField(
        label="What about",
        choices=[
            ("", "Everything"),
            *((str(one), capital(words)) for one, words in LEVEL_WORDS.items()),
        ],
        required=False,
    )


OWN = "own"
#: Who may stand on a ladder; the other levels are only called.
MANAGERS = (
    Level.PRACTITIONER,
    Level.TEAM_MANAGER,
    Level.SERVICE_MANAGER,
    Level.SENIOR,
    Level.DIRECTOR,
)
RUNGS_OF = {
    Use.CHALLENGE: MANAGERS,
    Use.IRO_DISPUTE: MANAGERS,
    Use.LADO_DECISION: (Level.LADO, Level.LADO_SENIOR, Level.SENIOR, Level.DIRECTOR),
}
MOST_RUNGS_ASKED = 8


class WhichLadder(Form):
    code = forms.ChoiceField(
        label="How do they go up?",
        choices=[],
        widget=Radios(),
        error_messages={"required": "Select a ladder"},
    )

    def offer(self, ladders: Iterable[Ladder]) -> "WhichLadder":
        """The ladders that are published, and the way to write down one's own."""
        field: Any = self.fields["code"]
        field.choices = [(one.code, one.name) for one in ladders] + [(OWN, "Our own")]
        field.widget.hints = {one.code: rungs_words(one) for one in ladders} | {
            OWN: "Write down your own levels and days on the next page"
        }
        return self


class OwnLadder(Form):
    """Whose ladder it is."""

    name = line_field("What is it called?", "Enter what the ladder is called")
    source = line_field(
        "Where is it written down?",
        "Say where it is written down",
        longest=300,
        help_text="Such as the name of the procedure and its date",
    )


def days_field(label: str, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=60,
        required=False,
        widget=TextInput(width=2, inputmode="numeric"),
        error_messages={
            "invalid": "Enter a whole number of working days",
            "min_value": "Enter at least 1 working day",
            "max_value": "Enter no more than 60 working days",
        },
        **options,
    )


class RungForm(Form):
    """One level of a ladder; left empty it is none."""

    levels = forms.MultipleChoiceField(
        label="Who is asked?",
        required=False,
        widget=Checkboxes(is_small=True),
    )
    receive_days = days_field("Working days to confirm receipt")
    answer_days = days_field("Working days to answer")
    is_informal = forms.MultipleChoiceField(
        label="Does it count towards the 20 working days?",
        required=False,
        choices=[("yes", "No: an informal alert before the formal dispute begins")],
        widget=Checkboxes(is_small=True),
    )

    def of(self, use: Use) -> "RungForm":
        """Who stands on such a ladder. Only an IRO's dispute has a formal beginning."""
        levels: Any = self.fields["levels"]
        levels.choices = [(one.value, capital(one.label)) for one in RUNGS_OF[use]]
        if use is not Use.IRO_DISPUTE:
            del self.fields["is_informal"]
        return self

    @property
    def is_empty(self) -> bool:
        return not self["levels"].value() and not self["answer_days"].value()

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if not answers.get("levels"):
            self.add_error("levels", "Select who is asked")
        elif len(answers["levels"]) > 3:
            self.add_error("levels", "Select no more than three")
        if answers.get("answer_days") is None and "answer_days" not in self.errors:
            self.add_error("answer_days", "Enter how many working days they have to answer")
        receive, whole = answers.get("receive_days"), answers.get("answer_days")
        if receive and whole and receive > whole:
            self.add_error("receive_days", "Receipt is confirmed no later than the answer is due")
        return answers

    @property
    def rung(self) -> Rung:
        """The level that was asked for, when the form is valid."""
        answers = self.cleaned_data
        return Rung(
            levels=tuple(Level(level) for level in answers["levels"]),
            answer_days=answers["answer_days"],
            receive_days=answers["receive_days"] or 1,
            is_formal=not answers.get("is_informal"),
        )


class RungForms:
    """The levels of a ladder as they are asked, the lowest first."""

    def __init__(self, use: Use, rungs: Sequence[Rung], answers: Mapping[str, Any] | None) -> None:
        count = str(answers.get("count", "")) if answers is not None else ""
        shown = int(count) if count.isdecimal() and len(count) < 3 else len(rungs)
        if answers is not None and "add" in answers:
            shown += 1
        self.count = max(1, min(shown, MOST_RUNGS_ASKED))
        self.forms = [
            RungForm(answers, prefix=f"level-{number}", initial=first_answers(rungs, number)).of(
                use
            )
            for number in range(1, self.count + 1)
        ]

    @property
    def may_grow(self) -> bool:
        return self.count < MOST_RUNGS_ASKED

    @property
    def asked(self) -> list[RungForm]:
        return [form for form in self.forms if not form.is_empty]

    def is_valid(self) -> bool:
        """Every level is judged, so that all errors show at once; an empty one is left out."""
        errors = [form.errors for form in self.asked]
        return not any(errors)

    def rungs(self) -> list[Rung]:
        return [form.rung for form in self.asked]


def first_answers(rungs: Sequence[Rung], number: int) -> dict[str, Any]:
    if number > len(rungs):
        return {}
    rung = rungs[number - 1]
    return {
        "levels": [str(level) for level in rung.levels],
        "receive_days": rung.receive_days,
        "answer_days": rung.answer_days,
        "is_informal": [] if rung.is_formal else ["yes"],
    }


def rungs_words(ladder: Ladder) -> str:
    return "; ".join(
        f"{rung.words}: {rung.answer_days} working day{'' if rung.answer_days == 1 else 's'}"
        f"{' (local default)' if rung.is_local and not ladder.is_default else ''}"
        for rung in ladder.rungs
    )


# Meetings about a home


class Call(Form):
    purpose = words_field(
        "What is the meeting for?",
        "Say what the meeting is for",
        help_text="Name no child: every authority with a child here reads this.",
    )
    meets_on = day_field("On which day?", "The day of the meeting")
    meets_at = TimeField(label="At what time?", called="The time of the meeting")
    place = line_field("Where? (optional)", longest=300, required=False)
    is_ofsted_invited = YesNoField(
        label="Is Ofsted invited?", error_messages={"required": "Select yes if Ofsted is invited"}
    )
    others_invited = words_field("Who else is invited? (optional)", required=False, rows=2)
    advocate = line_field(
        "An advocate to invite by their account's e-mail address (optional)",
        longest=254,
        required=False,
    )


class Minutes(Form):
    held_on = day_field("On which day was it held?", "The day of the meeting")
    attended = words_field("Who came, and for which authority?", "Say who came, and for whom")
    minutes = words_field(
        "What was said and agreed?",
        "Write what was said and agreed",
        rows=8,
        help_text="Name no child: every authority with a child here reads this.",
    )


class Agreed(Form):
    what = words_field("What is to be done?", "Say what is to be done")
    authority = forms.ModelChoiceField(
        queryset=Authority.objects.all(),
        label="Which authority does it?",
        error_messages={"required": "Select the authority"},
    )
    owner_name = line_field("Who there?", "Enter who does it")
    due_on = day_field("By when?", "The day")


class Done(Form):
    done_how = words_field("What was done?", "Say what was done")


class Rearrange(Form):
    meets_on = day_field("On which day?", "The day of the meeting")
    meets_at = TimeField(label="At what time?", called="The time of the meeting")
    place = line_field("Where? (optional)", longest=300, required=False)
