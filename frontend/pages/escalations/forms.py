"""What is asked about concerns between agencies, whom to call, and meetings about a home."""

from collections.abc import Iterable
from typing import Any

from django import forms

from backend.records.models import Authority
from frontend.forms import (
    DateField,
    Form,
    LongTextField,
    Radios,
    TextInput,
    TimeField,
    YesNoField,
)
from frontend.parts.words import capital
from workflows.escalations.ladders import LEVEL_WORDS, Ladder, Use
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
    rung = forms.TypedChoiceField(
        label="Start at which level?",
        choices=[],
        coerce=int,
        widget=Radios(),
        error_messages={"required": "Select at which level it starts"},
    )

    def offer(self, kinds: dict[Kind, str], levels: Iterable[str]) -> "Raise":
        """What can be raised from here, and the levels it can start at."""
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind.value, words) for kind, words in kinds.items()
        ]
        if len(kinds) == 1:
            self.fields["kind"].initial = next(iter(kinds)).value
        self.fields["rung"].choices = [  # type: ignore[attr-defined]
            (str(number), capital(level)) for number, level in enumerate(levels)
        ]
        self.fields["rung"].initial = "0"
        return self


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


class Words(Form):
    words = words_field("Write to both sides", "Write what you want to say")


class PrivateNote(Form):
    words = words_field("Add a note for your own side", "Write the note")


# Whom to call


class Contact(Form):
    """Whom to call at one level."""

    level = forms.ChoiceField(
        label="What are they called about?",
        choices=LEVELS,
        widget=Radios(),
        error_messages={"required": "Select what they are called about"},
    )
    name = line_field("Name", "Enter the name")
    job = line_field("Job (optional)", required=False)
    phone = line_field("Telephone (optional)", longest=40, required=False)
    email = line_field("E-mail (optional)", longest=254, required=False)
    account = line_field(
        "The e-mail address of their account here (optional)",
        longest=254,
        required=False,
        help_text="With an account, concerns are sent to them. Without one, they can only be "
        "called.",
    )


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


class ChooseLadder(Form):
    use = forms.ChoiceField(
        label="For which concerns?",
        choices=[(use.value, use.label) for use in Use],
        widget=Radios(),
        error_messages={"required": "Select for which concerns"},
    )


class WhichLadder(Form):
    code = forms.ChoiceField(
        label="How do they go up?",
        choices=[],
        widget=Radios(),
        error_messages={"required": "Select a ladder"},
    )

    def offer(self, ladders: Iterable[Ladder]) -> "WhichLadder":
        field = self.fields["code"]
        field.choices = [(one.code, one.name) for one in ladders]  # type: ignore[attr-defined]
        field.widget.hints = {one.code: rungs_words(one) for one in ladders}  # type: ignore[attr-defined]
        return self


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
