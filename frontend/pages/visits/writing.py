"""A record of a visit while somebody is writing it: kept at every pause."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from backend.access.models import Person
from backend.grammar.moments import LONDON
from backend.records.models import Child
from frontend.pages.visits.forms import SECTIONS, Section, SectionForm
from workflows.visits.actions import save_draft
from workflows.visits.models import Draft, Visit

#: What a form sends besides answers.
NOT_ANSWERS = ("csrfmiddlewaretoken", "later", "add", "version")
#: Where a fact that an action refuses was asked.
ASKED_IN = {name: section.slug for section in SECTIONS for name in section.form.base_fields} | {
    "made_at": "when",
    "is_remote": "when",
    "plan_followed": "care",
}


@dataclass
class Writing:
    """What one person has written of one visit so far."""

    child: Child
    person: Person
    visit: Visit | None
    draft: Draft | None

    def url(self, name: str = "", *more: str) -> str:
        """The address of a page of this record."""
        if self.visit is not None:
            base = reverse("visit_record_arranged", args=[self.visit.pk])
        else:
            base = reverse("visit_record", args=[self.child.pk])
        return base + "".join(f"{part}/" for part in (name, *more) if part)

    def answers(self, section: Section) -> QueryDict:
        """What was written in one part, as a form sends it."""
        query = QueryDict(mutable=True)
        for key, values in (self.draft.answers if self.draft else {}).items():
            slug, _, name = key.partition(":")
            if slug == section.slug:
                query.setlist(name, values)
        return query

    def form(self, section: Section) -> SectionForm:
        """One part as it stands: bound when anything was written in it."""
        return section.form(self.answers(section) or None)

    def blank(self, section: Section) -> SectionForm:
        """One part with what was written in it, not yet judged."""
        answers = self.answers(section)
        if not answers:
            return section.form(initial=self.beginning(section))
        bound = section.form(answers)
        initial = {one.name: one.value() for one in bound}
        return section.form(initial=initial, rows=bound.rows)

    def beginning(self, section: Section) -> dict[str, Any]:
        """What is known before anything is written: when the visit was arranged for."""
        if section.slug != "when" or self.visit is None or self.visit.arranged_for is None:
            return {}
        local = self.visit.arranged_for.astimezone(LONDON)
        return {"made_on": local.date(), "made_time": local.time()}

    def keep(self, section: Section, sent: Mapping[str, Any], at: datetime) -> Draft:
        """This will keep what was sent of one part, as it was typed.

        :raises NotAllowed, FactRefused: as ``save_draft`` says.
        """
        prefix = f"{section.slug}:"
        standing = self.draft.answers if self.draft else {}
        answers = {key: value for key, value in standing.items() if not key.startswith(prefix)}
        answers |= {
            prefix + name: values
            for name, values in lists_of(sent)
            if name not in NOT_ANSWERS and any(values)
        }
        self.draft = save_draft(
            child=self.child, visit=self.visit, answers=answers, by=self.person, at=at
        )
        return self.draft

    def tasks(self) -> list[dict[str, Any]]:
        """The parts of the record, and which are done."""
        tasks = []
        for section in SECTIONS:
            done = self.is_done(section)
            begun = bool(self.answers(section))
            tasks.append(
                {
                    "name": section.title,
                    "url": self.url(section.slug),
                    "hint": section.hint,
                    "status": "Completed" if done else "Begun" if begun else "Not yet started",
                    "is_done": done,
                    "colour": "light-blue" if begun else "blue",
                }
            )
        return tasks

    def is_done(self, section: Section) -> bool:
        form = self.form(section)
        return form.is_bound and form.is_valid()

    def unfinished(self) -> list[Section]:
        return [section for section in SECTIONS if not self.is_done(section)]

    def after(self, section: Section) -> Section | None:
        """The part that follows."""
        place = SECTIONS.index(section) + 1
        return SECTIONS[place] if place < len(SECTIONS) else None

    def complete(self) -> dict[str, Any]:
        """The whole record, as the action takes it; every part must be done."""
        outcome: dict[str, Any] = {}
        rows: dict[str, list[dict[str, Any]]] = {}
        for section in SECTIONS:
            form = self.form(section)
            form.is_valid()
            outcome |= form.outcome()
            if form.rows_of:
                rows[f"{form.rows_of}s"] = form.told()
        return {"outcome": outcome, **rows}


def lists_of(sent: Mapping[str, Any]) -> Iterable[tuple[str, list[str]]]:
    if isinstance(sent, QueryDict):
        return sent.lists()
    return [(name, [str(value)]) for name, value in sent.items()]
