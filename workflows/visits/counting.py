"""Which visits are owed to one child and by when, counted from the child's history."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from backend.deadlines.answer import Met, Stop, answer, first_stop, in_words
from backend.deadlines.count import add_months, due_by
from backend.deadlines.due import Due
from backend.grammar.clocks import Days, Rule, WorkingDays
from workflows.history import (
    LONG_TERM_FOSTER,
    NOT_LOOKED_AFTER,
    TEMPORARY,
    Basis,
    History,
    LimitPassed,
    PlacementFact,
    VisitFact,
    agreed_series_ended_on,
    covers,
    in_order,
    short_break_limit_passed,
)
from workflows.visits.rules import LONG_TERM_FROM, ROOM, RULES

#: The rule weekly until the first review, and the one after it.
WEEKLY = {
    Basis.REG_19: ("visits.unassessed_parents_weekly", "visits.unassessed_parents"),
    Basis.REG_24: ("visits.temporary_approval_weekly", "visits.temporary_approval"),
    Basis.INTERIM_ORDER_WITH_PARENT: ("visits.interim_order_weekly", "visits.interim_order"),
    Basis.ADOPTION: ("visits.adoption_weekly", "visits.adoption_as_decided"),
}
BECAUSE = {
    Basis.REG_19: "The child is with a parent before assessment is complete",
    Basis.REG_24: "The child is with a connected person who has temporary approval",
    Basis.INTERIM_ORDER_WITH_PARENT: "The child lives with a parent under an interim care order",
    Basis.CARE_ORDER_WITH_PARENT: "The child lives with a parent under a care order",
    Basis.OTHERS_ARRANGEMENTS: "Somebody else is responsible for where the child lives",
    Basis.ADOPTION: "The child is placed for adoption",
}


def deadlines_of(history: History, as_of: date) -> list[Due]:
    """Every visit owed to a child, from the first placement to the open ones.

    ``as_of`` decides only what has ended and how far an open short break has run.
    Raises BeyondTheCalendar rather than guess a working day.
    """
    return [*Visiting(history, as_of).deadlines()]


@dataclass(frozen=True, slots=True)
class Opening:
    """A visit owed because something began: a placement, an order, new arrangements."""

    key: str
    code: str
    counted_from: date
    why: str
    takes_over: bool = False
    """Whether nothing was known before this day, so that a visit on it counts."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Part of a placement under one regime, from a day on."""

    starts_on: date
    basis: Basis | None
    order_made_on: date | None = None


class Visiting:
    """The visits of one child: facts laid out by placement, then counted in order."""

    def __init__(self, history: History, as_of: date) -> None:
        self.history = history
        self.policy = history.policy
        self.as_of = as_of
        self.of_age = Stop(history.child.turns_18_on, "the child turned 18")
        self.placements = stays_that_count(history)
        self.visits = self._visits_by_placement()
        self.reviewed_on = sorted(
            review.opened_on for review in history.reviews if review.opened_on is not None
        )
        self.limit: LimitPassed | None = None

    def deadlines(self) -> Iterator[Due]:
        short_breaks = self.history.short_breaks
        self.limit = short_break_limit_passed(self.history, self.as_of)
        if short_breaks:
            yield from self._short_breaks(short_breaks)
        for position, placement in enumerate(self.placements):
            following = self.placements[position + 1 : position + 2]
            if placement.first_basis in NOT_LOOKED_AFTER:
                yield from self._long_stay(placement)
                continue
            full = self._as_fully_looked_after(placement)
            if full is not None:
                yield from self._placement(full, following[0] if following else None)
        yield from self._notices()
        yield from self._requests()

    # Facts

    def _visits_by_placement(self) -> dict[str, list[VisitFact]]:
        """Visits that count, one a day, each under the placement that holds a nested stay."""
        inside = {stay.id: stay.id for stay in self.placements}
        for stay in self.history.placements:
            if stay.id not in inside:
                around = [each for each in self.placements if covers(each, stay.started_on)]
                inside[stay.id] = around[-1].id if around else stay.id
        found: dict[str, dict[date, VisitFact]] = {}
        for visit in sorted(self.history.visits, key=lambda each: (each.made_on, each.id)):
            if counts(visit):
                days = found.setdefault(inside.get(visit.placement, visit.placement), {})
                days.setdefault(visit.made_on, visit)
        return {placement: list(days.values()) for placement, days in found.items()}

    def _as_fully_looked_after(self, placement: PlacementFact) -> PlacementFact | None:
        """The placement under full clocks; None while it is a short break within the limits."""
        if not placement.is_short_break:
            return placement
        if self.limit is None:
            return None
        if placement.id == self.limit.stay:
            return replace(placement, started_on=self.limit.on, bases=())
        return replace(placement, bases=()) if placement.started_on > self.limit.on else None

    def _stop(self, placement: PlacementFact, following: PlacementFact | None) -> Stop | None:
        moved = None
        if following is not None and (
            placement.ended_on is None or following.started_on <= placement.ended_on
        ):
            moved = Stop(following.started_on, "the child moved to another placement")
        ended = Stop(placement.ended_on, "the placement ended") if placement.ended_on else None
        return first_stop(moved, ended, self._end_of_care(placement), self.of_age)

    def _end_of_care(self, placement: PlacementFact) -> Stop | None:
        period = self.history.period_of(placement)
        if period is None or period.ended_on is None or not placement.is_looked_after:
            return None
        return Stop(period.ended_on, "the child stopped being looked after")

    # One placement

    def _placement(
        self, placement: PlacementFact, following: PlacementFact | None
    ) -> Iterator[Due]:
        stop = self._stop(placement, following)
        if stop is not None and stop.on < placement.started_on:
            return
        segments = segments_of(placement)
        openings = [*openings_of(placement, segments)]
        known = [
            visit
            for visit in self.visits.get(placement.id, ())
            if visit.made_on >= placement.started_on and (stop is None or visit.made_on <= stop.on)
        ]
        chain = [visit for visit in known if self._is_after(visit.made_on, openings[0])]
        owed = openings
        since = self._unknown_until(openings[0])
        if since is not None:
            if stop is not None and stop.on <= since:
                return
            later = [opening for opening in openings if opening.counted_from >= since]
            openings = [self._taking_over(placement, segments, since), *later]
            earlier = [visit for visit in chain if visit.made_on < since][-1:]
            if not self._reaches(since, placement, segments, openings, earlier, stop):
                earlier = []
            owed = later if earlier else openings
            chain = [*earlier, *(visit for visit in chain if visit.made_on >= since)]
        for opening in owed:
            yield self._opening(placement, opening, known, stop)
        for position, visit in enumerate(chain):
            following_visit = chain[position + 1] if position + 1 < len(chain) else None
            yield self._interval(placement, segments, openings, visit, following_visit, stop)

    # A record that was brought in

    def _unknown_until(self, opening: Opening) -> date | None:
        """The day before which visits were not brought in, when that hides what began."""
        since = self.history.child.followed_from
        rule = RULES.governing(opening.code, opening.counted_from)
        due_on = due_by(rule, opening.counted_from)
        if since is None or opening.counted_from >= since:
            return None
        return since if due_on is None or due_on < since else None

    def _taking_over(
        self, placement: PlacementFact, segments: list[Segment], since: date
    ) -> Opening:
        """The first visit of a record brought in: within the interval that governs that day."""
        code = self._code_on(placement, segments, since, since)
        return Opening("brought_in", code, since, taking_over_words(since, code), takes_over=True)

    def _reaches(
        self,
        since: date,
        placement: PlacementFact,
        segments: list[Segment],
        openings: list[Opening],
        earlier: list[VisitFact],
        stop: Stop | None,
    ) -> bool:
        """Whether a visit written up from before still governs when the record is taken over."""
        for visit in earlier:
            due_on = self._interval(placement, segments, openings, visit, None, stop).due_on
            return due_on is None or due_on >= since
        return False

    def _is_after(self, made_on: date, opening: Opening) -> bool:
        """Whether a visit can meet an opening: the first day counts only by the switch."""
        if self.policy.first_day_visit_counts or opening.takes_over:
            return made_on >= opening.counted_from
        return made_on > opening.counted_from

    def _opening(
        self,
        placement: PlacementFact,
        opening: Opening,
        known: list[VisitFact],
        stop: Stop | None,
    ) -> Due:
        met = next((visit for visit in known if self._is_after(visit.made_on, opening)), None)
        limit = self.policy.local_max_days_between_visits if opening.takes_over else None
        return answer(
            RULES.governing(opening.code, opening.counted_from),
            room=ROOM,
            key=f"regular:{placement.id}:{opening.key}",
            counted_from=opening.counted_from,
            why=opening.why,
            as_of=self.as_of,
            placement=placement.id,
            met=met_by(met),
            stop=stop,
            local=Days(limit) if limit else None,
            facts=facts_of(placement, met),
        )

    def _interval(
        self,
        placement: PlacementFact,
        segments: list[Segment],
        openings: list[Opening],
        visit: VisitFact,
        following: VisitFact | None,
        stop: Stop | None,
    ) -> Due:
        """The visit owed after a visit; the interval in force on that day governs.

        A review, the end of a special regime or a withdrawn agreement that comes before the
        next visit and before the date has passed changes it.
        """
        on = visit.made_on
        code = self._code_on(placement, segments, on, on)
        rule = RULES.governing(code, on)
        due_on = due_by(rule, on)
        for changed_on in self._changes_after(placement, segments, on):
            if due_on is None or changed_on > due_on:
                break
            if following is not None and following.made_on <= changed_on:
                break
            now = self._code_on(placement, segments, changed_on, on)
            if now != code:
                code, rule = now, RULES.governing(now, on)
                due_on = due_by(rule, on)
                due_on = max(due_on, changed_on) if due_on else None
        for opening in openings[1:]:
            opens_on = due_by(
                RULES.governing(opening.code, opening.counted_from), opening.counted_from
            )
            if on < opening.counted_from and (due_on is None or (opens_on and opens_on <= due_on)):
                stop = first_stop(stop, Stop(opening.counted_from, "another clock began"))
        limit = self.policy.local_max_days_between_visits
        return answer(
            rule,
            room=ROOM,
            key=f"regular:{placement.id}:after:{visit.id}",
            counted_from=on,
            due_on=due_on,
            why=interval_words(rule, placement, segments, on),
            as_of=self.as_of,
            placement=placement.id,
            met=met_by(following),
            stop=stop,
            local=Days(limit) if limit else None,
            facts=facts_of(placement, visit),
        )

    def _changes_after(
        self, placement: PlacementFact, segments: list[Segment], on: date
    ) -> list[date]:
        """Days after a visit on which another interval may begin to govern."""
        days = [segment.starts_on for segment in segments if segment.basis is None]
        days += [
            first
            for segment in segments
            if segment.basis in WEEKLY
            and (first := self._first_review(segment.starts_on)) is not None
        ]
        if placement.long_term_foster_withdrawn_on is not None:
            days.append(placement.long_term_foster_withdrawn_on)
        return sorted(day for day in days if day > on)

    def _first_review(self, on_or_after: date) -> date | None:
        found = bisect_left(self.reviewed_on, on_or_after)
        return self.reviewed_on[found] if found < len(self.reviewed_on) else None

    def _code_on(
        self, placement: PlacementFact, segments: list[Segment], on: date, visited_on: date
    ) -> str:
        """Which interval governs on a day; the year is that of the last visit."""
        segment = segment_on(segments, on)
        basis = segment.basis
        if basis in WEEKLY:
            weekly, after_review = WEEKLY[basis]
            first = self._first_review(segment.starts_on)
            return after_review if first is not None and first <= on else weekly
        if basis is Basis.CARE_ORDER_WITH_PARENT:
            return "visits.care_order"
        first_year = visited_on < add_months(placement.started_on, 12)
        if basis is Basis.OTHERS_ARRANGEMENTS:
            return "visits.others_first_year" if first_year else "visits.others_later_years"
        if first_year:
            return "visits.first_year"
        if agreed_to_fewer_on(placement, on) and visited_on >= LONG_TERM_FROM:
            return "visits.long_term_foster"
        return "visits.until_18" if intended_on(placement, on) else "visits.later_years"

    # Notices and requests

    def _notices(self) -> Iterator[Due]:
        by_id = {placement.id: position for position, placement in enumerate(self.placements)}
        for notice in self.history.notices:
            position = by_id.get(notice.placement)
            if position is None:
                continue
            placement = self.placements[position]
            following = self.placements[position + 1 : position + 2]
            visits = self.visits.get(placement.id, ())
            met = next((each for each in visits if each.made_on >= notice.received_on), None)
            rule = RULES.governing("visits.regulator_notice", notice.received_on)
            yield answer(
                rule,
                room=ROOM,
                key=f"notice:{notice.id}:{placement.id}",
                counted_from=notice.received_on,
                why=f"The regulator's notice about the home was first received on "
                f"{in_words(notice.received_on)}; a visit to the child is due within one week "
                "of that day.",
                as_of=self.as_of,
                placement=placement.id,
                met=met_by(met),
                stop=self._stop(placement, following[0] if following else None),
                facts=facts_of(placement, met) | {"Notice received": in_words(notice.received_on)},
            )

    def _requests(self) -> Iterator[Due]:
        every = sorted(
            (visit for visits in self.visits.values() for visit in visits),
            key=lambda visit: visit.made_on,
        )
        for request in self.history.requests:
            met = met_by(next((each for each in every if each.made_on > request.asked_on), None))
            if request.answered_on is not None:
                met = Met(request.answered_on)
            refused = None
            if request.refused_on is not None:
                refused = Stop(request.refused_on, "the request was refused with a reason")
            yield answer(
                RULES.governing("visits.requested", request.asked_on),
                room=ROOM,
                key=f"request:{request.id}",
                counted_from=request.asked_on,
                why=f"A visit was asked for by {request.asked_by} on {in_words(request.asked_on)}.",
                as_of=self.as_of,
                placement=request.placement,
                met=met,
                stop=first_stop(refused, self.of_age),
                local=WorkingDays(self.policy.request_target_days),
                facts={"Asked by": request.asked_by, "Asked on": in_words(request.asked_on)},
            )

    # Short breaks

    def _short_breaks(self, stays: list[PlacementFact]) -> Iterator[Due]:
        first = stays[0]
        stop = first_stop(self._end_of_short_breaks(stays), self.of_age)
        within = {stay.id for stay in stays}
        visits = sorted(
            (visit for stay in within for visit in self.visits.get(stay, ())),
            key=lambda visit: visit.made_on,
        )
        visits = [visit for visit in visits if stop is None or visit.made_on < stop.on]
        facts = {"First short break": in_words(first.started_on), "Stays": str(len(stays))}
        opening = Opening(
            "start",
            "visits.short_breaks_first",
            first.started_on,
            f"The first short break began on {in_words(first.started_on)}; the first visit "
            "is due within three months of that day, on a day when the child is there.",
        )
        since = self._unknown_until(opening)
        if since is not None:
            if stop is not None and stop.on <= since:
                return
            code = "visits.short_breaks"
            opening = Opening("brought_in", code, since, taking_over_words(since, code))
            visits = [visit for visit in visits if visit.made_on >= since]
        met = visits[0] if visits else None
        yield answer(
            RULES.governing(opening.code, opening.counted_from),
            room=ROOM,
            key=f"short_breaks:{first.id}:{opening.key}",
            counted_from=opening.counted_from,
            why=opening.why,
            as_of=self.as_of,
            placement=first.id,
            met=met_by(met),
            stop=stop,
            facts=facts,
        )
        for position, visit in enumerate(visits):
            following = visits[position + 1] if position + 1 < len(visits) else None
            yield answer(
                RULES.governing("visits.short_breaks", visit.made_on),
                room=ROOM,
                key=f"short_breaks:{first.id}:after:{visit.id}",
                counted_from=visit.made_on,
                why=f"The last visit in this series of short breaks was made on "
                f"{in_words(visit.made_on)}; the next is due at most six months after it, on a "
                "day when the child is there.",
                as_of=self.as_of,
                placement=visit.placement,
                met=met_by(following),
                stop=stop,
                facts=facts | {"Last visit": in_words(visit.made_on)},
            )

    def _end_of_short_breaks(self, stays: list[PlacementFact]) -> Stop | None:
        first = stays[0]
        limit = None
        if self.limit is not None:
            words = f"{self.limit.words[:1].lower()}{self.limit.words[1:]}"
            limit = Stop(self.limit.on, f"{words} and full clocks began")
        full = [
            placement.started_on
            for placement in self.placements
            if placement.is_looked_after
            and not placement.is_short_break
            and placement.started_on >= first.started_on
        ]
        moved = Stop(full[0], "the child was placed outside the short breaks") if full else None
        ended_on = agreed_series_ended_on(self.history)
        ended = Stop(ended_on, "the agreement on short breaks ended") if ended_on else None
        of_care = self._end_of_care(first) if self._is_one_period() else None
        return first_stop(limit, moved, ended, of_care)

    def _is_one_period(self) -> bool:
        """Whether one period of care holds the whole series; else each stay has its own."""
        return len(self.history.child.periods) == 1

    # Stays of children who are not looked after

    def _long_stay(self, stay: PlacementFact) -> Iterator[Due]:
        ended = Stop(stay.ended_on, "the stay ended") if stay.ended_on else None
        stop = first_stop(ended, self.of_age)
        told_on = stay.notified_on
        facts = {"Stay began": in_words(stay.started_on)}
        yield answer(
            RULES.governing("visits.stay_notified", stay.started_on),
            room=ROOM,
            key=f"stay:{stay.id}:notified",
            counted_from=stay.started_on,
            why=f"A stay of three months or more began on {in_words(stay.started_on)}; the "
            "authority is to be told as soon as that is intended.",
            as_of=self.as_of,
            placement=stay.id,
            met=Met(told_on) if told_on else None,
            stop=stop,
            facts=facts,
        )
        if told_on is None:
            return
        facts = facts | {"Authority told": in_words(told_on)}
        visits = [visit for visit in self.visits.get(stay.id, ()) if visit.made_on >= told_on]
        yield answer(
            RULES.governing("visits.stay_first", told_on),
            room=ROOM,
            key=f"stay:{stay.id}:start",
            counted_from=told_on,
            why=f"The authority was told of this stay on {in_words(told_on)}; the first visit is "
            "expected within 14 working days of that day.",
            as_of=self.as_of,
            placement=stay.id,
            met=met_by(visits[0] if visits else None),
            stop=stop,
            facts=facts,
        )
        for position, visit in enumerate(visits):
            following = visits[position + 1] if position + 1 < len(visits) else None
            first_year = visit.made_on < add_months(stay.started_on, 12)
            code = "visits.stay_first_year" if first_year else "visits.stay_later_years"
            rule = RULES.governing(code, visit.made_on)
            yield answer(
                rule,
                room=ROOM,
                key=f"stay:{stay.id}:after:{visit.id}",
                counted_from=visit.made_on,
                why=f"The last visit was made on {in_words(visit.made_on)}; the next is expected "
                f"at most {rule.span.words} after it.",
                as_of=self.as_of,
                placement=stay.id,
                met=met_by(following),
                stop=stop,
                facts=facts | {"Last visit": in_words(visit.made_on)},
            )


def counts(visit: VisitFact) -> bool:
    """An attempt meets nothing; a visit from afar only while the law let it count."""
    if not visit.child_seen:
        return False
    if not visit.was_remote:
        return True
    return RULES.governing("visits.first_year", visit.made_on).remote_visits_count


def stays_that_count(history: History) -> list[PlacementFact]:
    """Placements in order, without temporary stays that lie inside another placement."""
    held: list[PlacementFact] = []
    for placement in in_order(history.placements):
        if placement.place in TEMPORARY and held and lies_inside(placement, held[-1]):
            continue
        held.append(placement)
    return held


def lies_inside(stay: PlacementFact, placement: PlacementFact) -> bool:
    if stay.started_on <= placement.started_on:
        return False
    if placement.ended_on is None:
        return stay.ended_on is not None
    return stay.ended_on is not None and stay.ended_on < placement.ended_on


def segments_of(placement: PlacementFact) -> list[Segment]:
    """The regimes of a placement in order, the ordinary one where no other is named."""
    segments: list[Segment] = []
    spells = sorted(placement.bases, key=lambda spell: spell.started_on)
    reached = placement.started_on
    for spell in spells:
        starts = max(spell.started_on, placement.started_on)
        if starts > reached:
            segments.append(Segment(reached, None))
        segments.append(Segment(starts, spell.basis, spell.order_made_on))
        if spell.ended_on is None:
            return segments
        reached = max(spell.ended_on, starts)
    if placement.ended_on is None or reached < placement.ended_on or not segments:
        segments.append(Segment(reached, None))
    return segments


def segment_on(segments: list[Segment], on: date) -> Segment:
    found = segments[0]
    for segment in segments:
        if segment.starts_on <= on:
            found = segment
    return found


def openings_of(placement: PlacementFact, segments: list[Segment]) -> Iterator[Opening]:
    """The visits owed because something began; the first starts the chain."""
    for position, segment in enumerate(segments):
        if segment.basis is None and position:
            continue
        key = "start" if position == 0 else f"{segment.basis}:{segment.starts_on}"
        yield opening_of(placement, segment, key)
        if segment.basis is Basis.OTHERS_ARRANGEMENTS:
            for changed_on in sorted(placement.arrangements_changed_on):
                yield Opening(
                    f"changed:{changed_on}",
                    "visits.others_first",
                    changed_on,
                    f"The arrangements for where the child lives changed on "
                    f"{in_words(changed_on)}; a visit is due within one week of that day.",
                )


def opening_of(placement: PlacementFact, segment: Segment, key: str) -> Opening:
    starts = segment.starts_on
    began = f"The placement started on {in_words(starts)}"
    if starts > placement.started_on and segment.basis is not None:
        because = BECAUSE[segment.basis]
        began = f"{because} since {in_words(starts)}"
    match segment.basis:
        case Basis.CARE_ORDER_WITH_PARENT if order_clock_runs(segment):
            made_on = segment.order_made_on or starts
            why = (
                f"The care order was made on {in_words(made_on)} and the child lives with a "
                "parent; a visit is due within one week of that day."
            )
            return Opening(key, "visits.care_order_first", made_on, why)
        case Basis.OTHERS_ARRANGEMENTS:
            why = (
                f"Arrangements by somebody else for where the child lives began on "
                f"{in_words(starts)}; the first visit is due within one week of that day."
            )
            return Opening(key, "visits.others_first", starts, why)
        case Basis.ADOPTION:
            why = (
                f"The child was placed for adoption on {in_words(starts)}; the first visit is "
                "due within one week of that day."
            )
            return Opening(key, "visits.adoption_first", starts, why)
        case Basis.REG_19 | Basis.REG_24 | Basis.INTERIM_ORDER_WITH_PARENT:
            because = f"{BECAUSE[segment.basis][:1].lower()}{BECAUSE[segment.basis][1:]}"
            why = f"{began} and {because}; a visit is due at least once a week."
            if starts > placement.started_on:
                why = f"{began}; a visit is due at least once a week."
            return Opening(key, WEEKLY[segment.basis][0], starts, why)
    why = f"{began}; the first visit is due within one week of that day."
    return Opening(key, "visits.first", starts, why)


def order_clock_runs(segment: Segment) -> bool:
    """Whether the week after the order had not yet passed when the child came to the parent."""
    made_on = segment.order_made_on
    return made_on is None or made_on + timedelta(weeks=1) >= segment.starts_on


def agreed_to_fewer_on(placement: PlacementFact, on: date) -> bool:
    """Whether the child had agreed, and not withdrawn, in a long-term foster placement."""
    agreed, withdrawn = (
        placement.long_term_foster_agreed_on,
        placement.long_term_foster_withdrawn_on,
    )
    return (
        placement.place in LONG_TERM_FOSTER
        and agreed is not None
        and agreed <= on
        and (withdrawn is None or on < withdrawn)
    )


def intended_on(placement: PlacementFact, on: date) -> bool:
    """Whether it was recorded by a day that the placement is to last until the child is 18."""
    decided = placement.permanence_decided_on
    return placement.intended_until_18 and (decided is None or decided <= on)


def taking_over_words(since: date, code: str) -> str:
    """Why a visit is due to a child whose earlier visits are not known here."""
    rule = RULES.governing(code, since)
    said = f"Visits before {in_words(since)} were not brought in; counted from that day"
    if due_by(rule, since) is None:
        return f"{said}."
    return f"{said}, the next is due at most {rule.span.words} after it."


def interval_words(rule: Rule, placement: PlacementFact, segments: list[Segment], on: date) -> str:
    last = f"The last visit was made on {in_words(on)}"
    words = rule.span.words
    match rule.code:
        case "visits.first_year":
            return (
                f"{last}, in the first year of the placement; the next is due at most {words} "
                "after it."
            )
        case "visits.until_18":
            return (
                f"{last}, after the first year of a placement intended to last until the child "
                f"is 18; the next is due at most {words} after it."
            )
        case "visits.later_years":
            return (
                f"{last}, after the first year of a placement not recorded as intended to last "
                f"until the child is 18; the next is due at most {words} after it."
            )
        case "visits.long_term_foster":
            agreed = placement.long_term_foster_agreed_on
            when = f" on {in_words(agreed)}" if agreed else ""
            return (
                f"{last}; in this long-term foster placement of over a year the child agreed"
                f"{when} to fewer visits; the next is due at most {words} after it."
            )
        case "visits.adoption_as_decided":
            return f"{last}; since the first adoption review visits are as that review decided."
    basis = segment_on(segments, on).basis
    because = f"{BECAUSE[basis]}. " if basis in BECAUSE else ""
    until = ""
    if rule.code.endswith("_weekly"):
        until = " until the first review"
    elif basis in WEEKLY:
        until = ", now that the first review has been held"
    return f"{because}{last}; the next is due at most {words} after it{until}."


def met_by(visit: VisitFact | None) -> Met | None:
    return Met(visit.made_on, visit.id) if visit is not None else None


def facts_of(placement: PlacementFact, visit: VisitFact | None) -> dict[str, str]:
    facts = {"Placement started": in_words(placement.started_on), "Place": placement.place}
    if placement.ended_on is not None:
        facts["Placement ended"] = in_words(placement.ended_on)
    if visit is not None:
        facts["Visit"] = in_words(visit.made_on)
    return facts
