"""What is asked about a visit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField

from backend.grammar.moments import LONDON
from backend.records.codes import CommunicationMode
from frontend.forms import (
    Checkboxes,
    DateField,
    Form,
    LongTextField,
    Radios,
    TextInput,
    TimeField,
    YesNoField,
    revealed_names,
)
from workflows.visits.actions import AMENDABLE
from workflows.visits.checks import REQUIRED
from workflows.visits.models import (
    AbuseConsidered,
    Account,
    Behaviour,
    Concern,
    Extent,
    NotAlone,
    Place,
    Request,
    Safe,
    Visit,
)
from workflows.visits.table import ATTEMPTED

LONGEST = 20_000
MOST_ROWS = 20
DAY_HINT = "For example, 27 3 2026"
PLAN_ANSWERS = [("yes", "Followed"), ("no", "Not followed"), ("not_seen", "Not seen")]
#: The parts of a care plan that a visitor looks for.
PLAN = {
    "health": "Health plan",
    "education": "Education plan",
    "behaviour_support": "Behaviour support plan",
    "communication": "Communication support",
    "daily_care": "Daily care and routines",
    "activities": "Activities and going out",
}


def moment_from(answers: Mapping[str, Any], day: str, clock: str) -> datetime:
    """The moment that somebody named by a day and a time of day in England."""
    hour: time = answers[clock]
    return datetime.combine(answers[day], hour, tzinfo=LONDON)


def asks(name: str) -> dict[str, str]:
    """The words of the check, said before anything is sent to it."""
    return {"required": REQUIRED[name]}


class SectionForm(Form):
    """One part of the record: its questions, and rows of a kind where there may be several."""

    #: What a row is called, and the fields of one row.
    rows_of: ClassVar[str] = ""
    rows_legend: ClassVar[str] = ""
    rows_hint: ClassVar[str] = ""
    row_fields: ClassVar[Mapping[str, tuple[str, Any]]] = {}
    rows_first: ClassVar[bool] = False

    def __init__(self, *args: Any, rows: int = 1, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = 0
        if self.rows_of:
            self.rows = min(max(rows, self.highest_row() + 1), MOST_ROWS)
            for number in range(self.rows):
                for name, (_, make) in self.row_fields.items():
                    self.fields[self.row_name(number, name)] = make()

    def row_name(self, number: int, name: str) -> str:
        return f"{self.rows_of}_{number}_{name}"

    def highest_row(self) -> int:
        """The number of rows that hold an answer."""
        highest = 0
        for name in self.data:
            found = name.split("_")
            is_row = found[0] == self.rows_of and len(found) == 3 and found[1].isdigit()
            if is_row and str(self.data[name]).strip() and int(found[1]) < MOST_ROWS:
                highest = max(highest, int(found[1]) + 1)
        return highest

    def questions(self) -> list[BoundField]:
        """The questions outside rows, without those that are drawn inside another."""
        inside = revealed_names(self)
        rows = {name for one in range(self.rows) for name in self.names_in_row(one)}
        return [one for one in self.visible_fields() if one.name not in inside | rows]

    def names_in_row(self, number: int) -> list[str]:
        return [self.row_name(number, name) for name in self.row_fields]

    def row_sets(self) -> Iterator[tuple[str, list[BoundField]]]:
        for number in range(self.rows):
            legend = self.rows_legend if number == 0 else f"{self.rows_legend} ({number + 1})"
            yield legend, [self[name] for name in self.names_in_row(number)]

    def clean(self) -> dict[str, Any]:
        """A row is either empty or complete."""
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        for number in range(self.rows):
            names = self.names_in_row(number)
            if not any(str(answers.get(name) or "").strip() for name in names):
                continue
            for name, (words, _) in self.row_fields.items():
                full = self.row_name(number, name)
                if not answers.get(full) and full not in self.errors:
                    self.add_error(full, words)
        return answers

    def told(self) -> list[dict[str, Any]]:
        """The rows that were filled in."""
        found = []
        for number in range(self.rows):
            row = {n: self.cleaned_data.get(self.row_name(number, n)) for n in self.row_fields}
            if all(row.values()):
                found.append(row)
        return found

    def outcome(self) -> dict[str, Any]:
        """The facts of this part, as the action takes them."""
        rows = {name for one in range(self.rows) for name in self.names_in_row(one)}
        return {name: value for name, value in self.cleaned_data.items() if name not in rows}


class When(SectionForm):
    """When and where the child was seen."""

    made_on = DateField(
        called="The date of the visit", label="Which day was it?", help_text=DAY_HINT
    )
    made_time = TimeField(called="The time of the visit", label="What time did you see the child?")
    was_remote = forms.ChoiceField(
        label="How did you visit?",
        choices=[("no", "In person"), ("yes", "By telephone or video")],
        initial="no",
        widget=Radios(hints={"yes": "Counted apart: see the rule for whether it meets the law"}),
        error_messages={"required": "Select how you visited"},
    )
    place = forms.ChoiceField(
        label="Where did you see the child?",
        choices=Place.choices,
        widget=Radios(),
        error_messages=asks("place"),
    )
    place_detail = forms.CharField(
        label="Anything to add about where", required=False, max_length=200, widget=TextInput()
    )

    def outcome(self) -> dict[str, Any]:
        answers = self.cleaned_data
        return {
            "made_at": moment_from(answers, "made_on", "made_time"),
            "is_remote": answers["was_remote"] == "yes",
            "place": answers["place"],
            "place_detail": answers["place_detail"],
        }


class TheChild(SectionForm):
    """Seeing the child, and what they said or showed."""

    was_seen_alone = YesNoField(
        label="Did you see the child alone?",
        reveals={"no": ["not_alone", "not_alone_why"]},
        error_messages=asks("was_seen_alone"),
    )
    not_alone = forms.ChoiceField(
        label="Which of the three exceptions applied?",
        choices=NotAlone.choices,
        widget=Radios(is_small=True),
        error_messages={"required": "Say which of the three exceptions applied."},
    )
    not_alone_why = LongTextField(
        label="Why was the child not seen alone?",
        max_length=LONGEST,
        rows=2,
        error_messages={"required": "Say why the child was not seen alone."},
    )
    communicated_by = forms.MultipleChoiceField(
        label="How did the child communicate?",
        help_text="Select all that apply",
        choices=CommunicationMode.choices,
        widget=Checkboxes(),
        error_messages=asks("communicated_by"),
    )
    communication_help = forms.CharField(
        label="Who or what helped you to understand each other?",
        help_text="A person, a device, a symbol board. Leave empty if nothing was needed",
        required=False,
        max_length=LONGEST,
        widget=TextInput(),
    )
    own_words = LongTextField(
        label="What did the child say, sign or show, exactly as they did?",
        help_text="Their own words, signs or choices. Not your summary",
        required=False,
        max_length=LONGEST,
    )
    paraphrase = LongTextField(
        label="What did you understand by it?", required=False, max_length=LONGEST, rows=3
    )
    feels_safe = forms.ChoiceField(
        label="“Do you feel safe here?”: what was the child's answer?",
        choices=Safe.choices,
        widget=Radios(is_small=True),
        error_messages=asks("feels_safe"),
    )
    was_bedroom_seen = YesNoField(
        label="Did you see the child's bedroom?",
        error_messages={"required": "Select yes if you saw the child's bedroom"},
    )

    def clean(self) -> dict[str, Any]:
        answers = super().clean()
        if not (answers.get("own_words") or answers.get("paraphrase")):
            self.add_error(
                "own_words",
                "Record what the child said or showed, in their own words, signs or choices.",
            )
        return answers


class Care(SectionForm):
    """Behaviour, what staff did, and whether the plan is followed."""

    behaviour = forms.ChoiceField(
        label="Has the child's behaviour changed since the last visit?",
        choices=Behaviour.choices,
        widget=Radios(
            reveals={"changed": ["behaviour_detail", "abuse_considered", "abuse_considered_why"]}
        ),
        error_messages=asks("behaviour"),
    )
    behaviour_detail = LongTextField(
        label="How has it changed?",
        max_length=LONGEST,
        rows=3,
        error_messages={"required": "Say how behaviour has changed."},
    )
    abuse_considered = forms.ChoiceField(
        label="Consider abuse: could this change be a sign of abuse or distress?",
        choices=AbuseConsidered.choices,
        widget=Radios(is_small=True),
        error_messages={
            "required": "Behaviour has changed: consider abuse, and record your answer."
        },
    )
    abuse_considered_why = LongTextField(
        label="What does your answer rest on?",
        max_length=LONGEST,
        rows=3,
        error_messages={"required": "Say what your answer rests on."},
    )
    practice_observed = LongTextField(
        label="What did you see staff or carers do?",
        help_text="What you watched, not what the records say",
        max_length=LONGEST,
        rows=4,
        error_messages=asks("practice_observed"),
    )
    matches_records = forms.ChoiceField(
        label="Does what you saw match what the setting's records say?",
        choices=Extent.choices,
        widget=Radios(is_small=True),
        error_messages=asks("matches_records"),
    )
    matches_records_detail = LongTextField(
        label="Where does it differ?", required=False, max_length=LONGEST, rows=2
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in PLAN.items():
            self.fields[f"plan_{name}"] = forms.ChoiceField(
                label=label,
                required=False,
                choices=PLAN_ANSWERS,
                widget=Radios(is_inline=True, is_small=True),
            )

    def questions(self) -> list[BoundField]:
        return [one for one in super().questions() if not one.name.startswith("plan_")]

    def plan(self) -> list[BoundField]:
        return [self[f"plan_{name}"] for name in PLAN]

    def outcome(self) -> dict[str, Any]:
        answers = super().outcome()
        plan = {name: answers.pop(f"plan_{name}") for name in PLAN}
        return {**answers, "plan_followed": {name: said for name, said in plan.items() if said}}


class Around(SectionForm):
    """Identity, family, and who else was spoken to."""

    rows_of = "account"
    rows_legend = "Somebody else you spoke to"
    rows_hint = "Leave empty if there was nobody. Try to hear somebody who does not work there."
    row_fields: ClassVar[Mapping[str, tuple[str, Any]]] = {
        "source": (
            "Select who this is to the child",
            lambda: forms.ChoiceField(
                label="Who is this to the child?",
                required=False,
                choices=[("", "Choose"), *Account._meta.get_field("source").choices],
            ),
        ),
        "who": (
            "Enter their name or part",
            lambda: forms.CharField(
                label="Name or part", required=False, max_length=200, widget=TextInput()
            ),
        ),
        "said": (
            "Enter what they said",
            lambda: LongTextField(
                label="What they said", required=False, max_length=LONGEST, rows=3
            ),
        ),
    }
    culture_respected = forms.ChoiceField(
        label="Are the child's culture and identity respected?",
        help_text="Hair, skin, food, faith, language, how others speak of them",
        choices=Extent.choices,
        widget=Radios(is_small=True),
        error_messages=asks("culture_respected"),
    )
    culture_detail = LongTextField(
        label="What did you see of it?", required=False, max_length=LONGEST, rows=2
    )
    family_contact = forms.ChoiceField(
        label="Is contact with family happening as planned?",
        choices=Extent.choices,
        widget=Radios(is_small=True),
        error_messages=asks("family_contact"),
    )
    family_contact_detail = LongTextField(
        label="What is happening, and what stands in the way?",
        required=False,
        max_length=LONGEST,
        rows=2,
    )


class Outcome(SectionForm):
    """Concerns, whether the placement safeguards the child, and what happens next."""

    rows_of = "concern"
    rows_legend = "Something that worries you"
    rows_hint = "Leave empty if nothing worries you."
    rows_first = True
    row_fields: ClassVar[Mapping[str, tuple[str, Any]]] = {
        "kind": (
            "Select the kind of concern",
            lambda: forms.ChoiceField(
                label="Kind", required=False, choices=[("", "Choose"), *Concern.Kind.choices]
            ),
        ),
        "severity": (
            "Select how severe it is",
            lambda: forms.ChoiceField(
                label="How severe",
                required=False,
                choices=[("", "Choose"), *Concern.Severity.choices],
            ),
        ),
        "harm": (
            "Select whether harm was done",
            lambda: forms.ChoiceField(
                label="Harm", required=False, choices=[("", "Choose"), *Concern.Harm.choices]
            ),
        ),
        "source": (
            "Select how you know",
            lambda: forms.ChoiceField(
                label="How do you know?",
                required=False,
                choices=[("", "Choose"), *Concern._meta.get_field("source").choices],
            ),
        ),
        "detail": (
            "Enter what worries you",
            lambda: LongTextField(
                label="What worries you", required=False, max_length=LONGEST, rows=3
            ),
        ),
    }
    is_welfare_safeguarded = YesNoField(
        label="Is the child's welfare safeguarded and promoted by this placement?",
        reveals={"no": ["welfare_detail"]},
        hints={"no": "The IRO and the manager are told, and a review is considered"},
        error_messages=asks("is_welfare_safeguarded"),
    )
    welfare_detail = LongTextField(
        label="Why not?",
        max_length=LONGEST,
        rows=3,
        error_messages={"required": "Say why welfare is not safeguarded and promoted here."},
    )
    next_steps = LongTextField(
        label="What happens next, who does it, and by when?",
        max_length=LONGEST,
        rows=4,
        error_messages=asks("next_steps"),
    )


@dataclass(frozen=True)
class Section:
    """One page of the record."""

    slug: str
    title: str
    hint: str
    form: type[SectionForm]


SECTIONS: Sequence[Section] = (
    Section("when", "When and where", "Day, time and place", When),
    Section("child", "The child and what they said", "Seen alone, their own words, safe", TheChild),
    Section("care", "Behaviour, care and plan", "Changes, what staff did, the care plan", Care),
    Section(
        "around", "Identity, family and others", "Culture, contact, who else you heard", Around
    ),
    Section("outcome", "Concerns and next steps", "Worries, welfare, what happens now", Outcome),
)


class Arrange(Form):
    """A visit that is to be made."""

    arranged_on = DateField(called="The date of the visit", label="Which day?", help_text=DAY_HINT)
    arranged_time = TimeField(called="The time of the visit", label="What time?")
    told = forms.ChoiceField(
        label="Is the home told of this visit?",
        choices=[
            ("announced", "Announced: the registered manager is told"),
            ("unannounced", "Unannounced: nobody outside your authority is told"),
        ],
        widget=Radios(),
        error_messages={"required": "Select whether the home is told"},
    )

    def answers(self) -> dict[str, Any]:
        return {
            "arranged_for": moment_from(self.cleaned_data, "arranged_on", "arranged_time"),
            "is_unannounced": self.cleaned_data["told"] == "unannounced",
        }


class Attempted(Form):
    """Somebody went and the child was not seen."""

    made_on = DateField(
        called="The date you went", label="Which day did you go?", help_text=DAY_HINT
    )
    made_time = TimeField(called="The time you went", label="What time?")
    reason = LongTextField(
        label="Why was the child not seen?",
        help_text="Who told you, and what you saw for yourself",
        max_length=LONGEST,
        rows=4,
        error_messages={"required": "Say why the child was not seen."},
    )

    def answers(self) -> dict[str, Any]:
        return {
            "made_at": moment_from(self.cleaned_data, "made_on", "made_time"),
            "reason": self.cleaned_data["reason"],
        }


class Reason(Form):
    """One step that only needs its reason."""

    reason = LongTextField(label="Why?", max_length=LONGEST, rows=4)

    def __init__(self, *args: Any, label: str, required: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.fields["reason"].error_messages["required"] = required


class AskedFor(Form):
    """Somebody asked for a visit."""

    asked_by = forms.ChoiceField(
        label="Who asked?",
        choices=Request.By.choices,
        widget=Radios(),
        error_messages={"required": "Select who asked"},
    )
    how_asked = forms.ChoiceField(
        label="How did they ask?",
        choices=CommunicationMode.choices,
        widget=Radios(is_small=True),
        error_messages={"required": "Select how they asked"},
    )
    words = LongTextField(
        label="What did they say, sign or show?",
        help_text="As it was said, signed or shown",
        required=False,
        max_length=LONGEST,
        rows=3,
    )
    asked_on = DateField(called="The day they asked", label="When?", help_text=DAY_HINT)


class Answered(Form):
    """What the child, or whoever asked for a visit, was told back."""

    answered_words = LongTextField(
        label="What were they told?",
        help_text="For example, who comes and when, or why nobody does",
        max_length=LONGEST,
        rows=3,
        error_messages={"required": "Enter what they were told"},
    )
    answered_who = forms.CharField(
        label="Who told them?",
        max_length=200,
        widget=TextInput(),
        error_messages={"required": "Enter who told them"},
    )
    answered_how = forms.ChoiceField(
        label="How were they told?",
        choices=CommunicationMode.choices,
        widget=Radios(is_small=True),
        error_messages={"required": "Select how they were told"},
    )
    answered_on = DateField(called="The day they were told", label="When?", help_text=DAY_HINT)


#: What the texts of a record are called, wherever they are shown.
LABELS: Mapping[str, str] = {
    "made_at": "When",
    "place_detail": "About where",
    "not_alone_why": "Why not seen alone",
    "communication_help": "Who or what helped",
    "own_words": "In the child's own words, signs or choices",
    "paraphrase": "What the visitor understood",
    "behaviour_detail": "How behaviour has changed",
    "abuse_considered_why": "What the answer about abuse rests on",
    "practice_observed": "What staff or carers were seen to do",
    "matches_records_detail": "Where it differs from the records",
    "culture_detail": "Culture and identity",
    "family_contact_detail": "Contact with family",
    "welfare_detail": "Why welfare is not safeguarded",
    "next_steps": "What happens next",
    "reason": "Why",
}


class Amend(Form):
    """Puts texts of a record right; each text as it stood is kept."""

    def __init__(self, *args: Any, visit: Visit, **kwargs: Any) -> None:
        local = visit.made_at.astimezone(LONDON) if visit.made_at else None
        standing = {name: getattr(visit, name) for name in AMENDABLE if name != "made_at"}
        if local is not None:
            standing |= {"made_on": local.date(), "made_time": local.time()}
        super().__init__(*args, initial=standing, **kwargs)
        self.visit = visit
        self.fields["made_on"] = DateField(
            called="The date of the visit", label="Which day was it?"
        )
        self.fields["made_time"] = TimeField(called="The time of the visit", label="What time?")
        texts = [name for name in AMENDABLE if name not in ("made_at", "reason")]
        for name in ["reason"] if visit.state == ATTEMPTED else texts:
            self.fields[name] = LongTextField(
                label=LABELS[name], required=False, max_length=LONGEST, rows=3
            )
        self.fields["why"] = LongTextField(
            label="Why is the record amended?",
            max_length=LONGEST,
            rows=3,
            error_messages={"required": "Say why the record is amended."},
        )

    def changes(self) -> dict[str, Any]:
        """What differs from the record as it stands."""
        answers = dict(self.cleaned_data)
        made_at = moment_from(answers, "made_on", "made_time")
        for name in ("why", "made_on", "made_time"):
            answers.pop(name)
        standing = self.visit.made_at
        found = {
            name: value
            for name, value in answers.items()
            if value.replace("\r\n", "\n") != getattr(self.visit, name).replace("\r\n", "\n")
        }
        if standing is None or made_at != standing.astimezone(LONDON).replace(
            second=0, microsecond=0
        ):
            found["made_at"] = made_at
        return found
