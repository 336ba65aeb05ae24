"""Which reviews are owed to one child and by when, counted from the child's history."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from backend.deadlines.answer import Met, Reading, Stop, answer, first_stop, in_words
from backend.deadlines.count import due_by, midpoint
from backend.deadlines.due import Due
from backend.grammar.clocks import Rule, WorkingDays
from workflows.history import (
    LONG_TERM_FOSTER,
    Basis,
    CarePeriod,
    EarlyReviewReason,
    EarlyReviewTrigger,
    History,
    LimitPassed,
    PlacementFact,
    ReviewFact,
    agreed_series_ended_on,
    covers,
    in_order,
    short_break_limit_passed,
)
from workflows.reviews.rules import ROOM, RULES

#: Begins the key of what is asked about a move; the placement's number follows.
MOVE_KEY = "review:move:"

NTH = {"reviews.second": "first", "reviews.adoption_second": "first"}
EARLY = {
    EarlyReviewReason.IRO_REQUEST: "reviews.iro_request",
    EarlyReviewReason.WELFARE_NOT_SAFEGUARDED: "reviews.welfare",
    EarlyReviewReason.BEFORE_AN_EVENT: "reviews.before_event",
}


def deadlines_of(history: History, as_of: date) -> list[Due]:
    """Every review owed to a child, from the first period of care to the open ones.

    ``as_of`` decides only what has ended and how far an open short break has run.
    Raises BeyondTheCalendar rather than guess a working day.
    """
    return [*Reviewing(history, as_of).deadlines()]


@dataclass(frozen=True, slots=True)
class Held:
    """A review that took place: the day it opened governs."""

    id: str
    on: date
    completed_on: date | None


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of a child's care under one set of review clocks.

    ``codes`` are the rules after the first review of the phase, after the second, and so on;
    the last one repeats.
    """

    key: str
    starts_on: date
    opening: str
    codes: tuple[str, ...]
    why: str
    because: str
    placement: str | None = None
    goes_on: bool = False
    """Whether reviews already held in this period of care count: no opening clock then."""


CARE_CODES = ("reviews.second", "reviews.later")
AUTHORITY_CODES = ("reviews.adoption_authority_later",)
ADOPTION_CODES = ("reviews.adoption_second", "reviews.adoption_later")
SHORT_BREAK_CODES = ("reviews.short_breaks_later",)


class Reviewing:
    """The reviews of one child: phases of care in order, each with its clocks."""

    def __init__(self, history: History, as_of: date) -> None:
        self.history = history
        self.as_of = as_of
        self.of_age = Stop(history.child.turns_18_on, "the child turned 18")
        self.held = held_reviews(history.reviews)
        self.short_breaks = history.short_breaks
        self.limit: LimitPassed | None = short_break_limit_passed(history, as_of)

    def deadlines(self) -> Iterator[Due]:
        if self.short_breaks:
            yield from self._short_break_reviews()
        for period in sorted(self.history.child.periods, key=lambda each: each.started_on):
            care_from = self._full_care_from(period)
            if care_from is not None:
                yield from self._period(period, care_from)
        yield from self._adjourned()
        yield from self._annual_meetings()
        yield from self._early_reviews()
        yield from self._changes()
        yield from self._moves()
        yield from self._reviewing_officer()

    # Periods of care

    def _full_care_from(self, period: CarePeriod) -> date | None:
        """When full review clocks begin in a period; None while it holds short breaks only."""
        placements = [
            placement
            for placement in self.history.placements
            if covers(period, placement.started_on) and placement.is_looked_after
        ]
        first = min(placements, key=lambda each: each.started_on, default=None)
        if first is None or not first.is_short_break:
            return period.started_on
        begins = [each.started_on for each in placements if not each.is_short_break]
        if self.limit is not None and (period.ended_on is None or self.limit.on <= period.ended_on):
            begins.append(max(self.limit.on, period.started_on))
        return min(begins, default=None)

    def _period(self, period: CarePeriod, care_from: date) -> Iterator[Due]:
        stop = first_stop(end_of(period), self.of_age)
        phases = [*self._phases(period, care_from, stop)]
        next_period = min(
            (
                each.started_on
                for each in self.history.child.periods
                if each.started_on > period.started_on
            ),
            default=None,
        )
        for position, phase in enumerate(phases):
            if position + 1 < len(phases):
                later = phases[position + 1]
                changed = first_stop(Stop(later.starts_on, later.because), stop)
                yield from self._phase(phase, care_from, changed, before=later.starts_on)
            else:
                yield from self._phase(phase, care_from, stop, before=next_period)

    def _phases(self, period: CarePeriod, care_from: date, stop: Stop | None) -> Iterator[Phase]:
        key = period.id or str(period.started_on)
        why = f"The child became looked after on {in_words(care_from)}"
        if care_from > period.started_on or self._passed_limit_on(care_from):
            why = f"The child came under full looked-after clocks on {in_words(care_from)}"
        yield Phase(
            f"first:{key}",
            care_from,
            "reviews.first",
            CARE_CODES,
            f"{why}; the first review is due within 20 working days of that day.",
            "the child came under full clocks",
        )
        child = self.history.child
        turns: list[tuple[date, int, Phase]] = []
        authority_on, lapsed_on = child.adoption_authority_on, child.adoption_authority_ended_on
        if authority_on is not None and authority_on >= care_from:
            turns.append((authority_on, 0, authorised(authority_on, goes_on=False)))
            if lapsed_on is not None:
                turns.append((lapsed_on, 0, ordinary_again(lapsed_on)))
        for placement_id, starts_on, ends_on in self._adoption_spells():
            if starts_on < care_from:
                continue
            turns.append((starts_on, 1, placed_for_adoption(placement_id, starts_on)))
            if ends_on is not None:
                still = (
                    authority_on is not None
                    and authority_on <= ends_on
                    and (lapsed_on is None or ends_on < lapsed_on)
                )
                again = authorised(ends_on, goes_on=True) if still else ordinary_again(ends_on)
                turns.append((ends_on, 0, again))
        for day, _, phase in sorted(turns, key=lambda turn: turn[:2]):
            if stop is None or day < stop.on:
                yield phase

    def _passed_limit_on(self, day: date) -> bool:
        return self.limit is not None and self.limit.on == day

    def _adoption_spells(self) -> list[tuple[str, date, date | None]]:
        """Each placement for adoption, from a day to a day."""
        spells: list[tuple[str, date, date | None]] = []
        lived = in_order(self.history.placements)
        for position, placement in enumerate(lived):
            for basis in placement.bases:
                if basis.basis is not Basis.ADOPTION:
                    continue
                ends = [day for day in (basis.ended_on, placement.ended_on) if day is not None]
                ends += [each.started_on for each in lived[position + 1 : position + 2]]
                spells.append(
                    (
                        placement.id,
                        max(basis.started_on, placement.started_on),
                        min(ends, default=None),
                    )
                )
        return spells

    def _phase(
        self, phase: Phase, care_from: date, stop: Stop | None, *, before: date | None
    ) -> Iterator[Due]:
        """The clocks of one phase; a review on the day the next one begins belongs to that."""
        begins = bisect_left(self.held, phase.starts_on, key=day_of_review)
        ends = len(self.held)
        if stop is not None:
            ends = min(ends, bisect_right(self.held, stop.on, key=day_of_review))
        if before is not None:
            ends = min(ends, bisect_left(self.held, before, key=day_of_review))
        held = self.held[begins:ends]
        earlier = self.held[bisect_left(self.held, care_from, key=day_of_review) : begins]
        first = held[0] if held else None
        if phase.goes_on and earlier:
            codes = phase.codes if len(phase.codes) == 1 or len(earlier) < 2 else phase.codes[1:]
            yield self._after(phase, earlier[-1], codes[0], first, stop, f"resumed:{phase.key}")
            codes = codes[1:] or codes
        else:
            counted_from = care_from if phase.goes_on else phase.starts_on
            yield self._opening(phase, counted_from, first, stop)
            codes = phase.codes
        for position, review in enumerate(held):
            following = held[position + 1] if position + 1 < len(held) else None
            code = codes[min(position, len(codes) - 1)]
            yield self._after(phase, review, code, following, stop, f"after:{review.id}")

    def _opening(
        self, phase: Phase, counted_from: date, first: Held | None, stop: Stop | None
    ) -> Due:
        rule = RULES.governing(phase.opening, counted_from)
        return answer(
            rule,
            room=ROOM,
            key=f"review:{phase.key}",
            counted_from=counted_from,
            why=phase.why + self._not_brought_in(rule, counted_from, first),
            as_of=self.as_of,
            placement=phase.placement,
            met=met_by(first),
            stop=stop,
            facts=review_facts(None, first, counted_from),
        )

    def _after(
        self,
        phase: Phase,
        review: Held,
        code: str,
        following: Held | None,
        stop: Stop | None,
        key: str,
    ) -> Due:
        rule = RULES.governing(code, review.on)
        last = f"The {NTH.get(code, 'last')} review was held on {in_words(review.on)}"
        return answer(
            rule,
            room=ROOM,
            key=f"review:{key}",
            counted_from=review.on,
            why=f"{last}; the next is due at most {rule.span.words} after it."
            + self._not_brought_in(rule, review.on, following),
            as_of=self.as_of,
            placement=phase.placement,
            met=met_by(following),
            stop=stop,
            facts=review_facts(review, following, None),
            reading=other_reading(rule, review),
        )

    def _not_brought_in(self, rule: Rule, counted_from: date, met: Held | None) -> str:
        """Says of a review overdue on the day the record came that none came with it."""
        since = self.history.child.followed_from
        if since is None or met is not None:
            return ""
        due_on = due_by(rule, counted_from)
        if due_on is None or due_on >= since:
            return ""
        return (
            f" None came with the record brought in on {in_words(since)}:"
            " it may have been held and not sent."
        )

    # Short breaks

    def _short_break_reviews(self) -> Iterator[Due]:
        first = self.short_breaks[0]
        already = self.history.period_of(first)
        if already is not None:
            care_from = self._full_care_from(already)
            if care_from is not None and care_from < first.started_on:
                return  # full clocks were running before the first short break, and go on
        full = [
            Stop(day, "full looked-after clocks began")
            for period in self.history.child.periods
            if (day := self._full_care_from(period)) is not None and day >= first.started_on
        ]
        periods = self.history.child.periods
        ended = end_of(periods[0]) if len(periods) == 1 else None
        if not periods and self.limit is not None:
            full.append(Stop(self.limit.on, "full looked-after clocks began"))
        agreed_until = agreed_series_ended_on(self.history)
        if agreed_until is not None:
            ended = first_stop(Stop(agreed_until, "the agreement on short breaks ended"), ended)
        stop = first_stop(*full, ended, self.of_age)
        phase = Phase(
            f"short_breaks:{first.id}",
            first.started_on,
            "reviews.short_breaks_first",
            SHORT_BREAK_CODES,
            f"The first short break began on {in_words(first.started_on)}; the first review is "
            "due within three months of that day.",
            "short breaks began",
        )
        if stop is None or stop.on > first.started_on:
            before = min((each.on for each in full), default=None)
            yield from self._phase(phase, first.started_on, stop, before=before)

    # Adjourned reviews and meetings

    def _end_on(self, day: date) -> Stop | None:
        """When a duty that arose on a day ends because care does."""
        ends = [end_of(each) for each in self.history.child.periods if covers(each, day)]
        return first_stop(*ends, self.of_age)

    def _adjourned(self) -> Iterator[Due]:
        for position, review in enumerate(self.held):
            if review.completed_on == review.on:
                continue
            following = self.held[position + 1] if position + 1 < len(self.held) else None
            stop = self._end_on(review.on)
            if following is not None:
                stop = first_stop(Stop(following.on, "the next review opened"), stop)
            yield answer(
                RULES.governing("reviews.adjourned", review.on),
                room=ROOM,
                key=f"review:adjourned:{review.id}",
                counted_from=review.on,
                why=f"The review opened on {in_words(review.on)} and was not completed that "
                "day; it is to be completed within 20 working days of that day.",
                as_of=self.as_of,
                met=Met(review.completed_on, review.id) if review.completed_on else None,
                stop=None if review.completed_on else stop,
                facts=review_facts(review, None, None),
            )

    def _annual_meetings(self) -> Iterator[Due]:
        meetings = [
            review
            for review in self.history.reviews
            if review.opened_on is not None and review.was_meeting_held is True
        ]
        if not any(review.was_meeting_held is False for review in self.history.reviews):
            return
        meetings.sort(key=lambda review: review.opened_on or date.min)
        for placement in self.history.placements:
            if placement.place not in LONG_TERM_FOSTER:
                continue
            ended = Stop(placement.ended_on, "the placement ended") if placement.ended_on else None
            within = [
                review
                for review in meetings
                if review.opened_on and covers(placement, review.opened_on)
            ]
            for position, review in enumerate(within):
                following = within[position + 1] if position + 1 < len(within) else None
                yield self._annual_meeting(placement, review, following, ended)

    def _annual_meeting(
        self,
        placement: PlacementFact,
        review: ReviewFact,
        following: ReviewFact | None,
        ended: Stop | None,
    ) -> Due:
        on = review.opened_on or placement.started_on
        met = None
        if following is not None and following.opened_on is not None:
            met = Met(following.opened_on, following.id)
        return answer(
            RULES.governing("reviews.annual_meeting", on),
            room=ROOM,
            key=f"review:meeting:{placement.id}:after:{review.id}",
            counted_from=on,
            why=f"The last review meeting was held on {in_words(on)}; in a long-term foster "
            "placement of over a year at least one meeting a year is expected.",
            as_of=self.as_of,
            placement=placement.id,
            met=met,
            stop=first_stop(ended, self._end_on(on)),
            facts={"Last review meeting": in_words(on)},
        )

    # Early reviews

    def _early_reviews(self) -> Iterator[Due]:
        triggers = [
            *self.history.early_reviews,
            *(
                EarlyReviewTrigger(
                    f"visit:{visit.id}", EarlyReviewReason.WELFARE_NOT_SAFEGUARDED, visit.made_on
                )
                for visit in self.history.visits
                if not visit.is_welfare_safeguarded
            ),
        ]
        for trigger in triggers:
            yield self._early_review(trigger)

    def _early_review(self, trigger: EarlyReviewTrigger) -> Due:
        rule = RULES.governing(EARLY[trigger.reason], trigger.arose_on)
        first = next((review for review in self.held if review.on > trigger.arose_on), None)
        on = in_words(trigger.arose_on)
        before = None
        match trigger.reason:
            case EarlyReviewReason.IRO_REQUEST:
                why = f"The IRO asked on {on} for a review before its ordinary date."
            case EarlyReviewReason.WELFARE_NOT_SAFEGUARDED:
                why = (
                    f"The visit on {on} found the child's welfare not adequately safeguarded by "
                    "the placement; the case is to be reviewed before its ordinary date."
                )
            case EarlyReviewReason.BEFORE_AN_EVENT:
                what = trigger.words or "a coming event"
                why = f"A review is to be held before {what}, known of since {on}."
                if trigger.event_on is not None:
                    why = f"A review is to be held before {what} on {in_words(trigger.event_on)}."
                    before = trigger.event_on - timedelta(days=1)
        days = self.history.policy.early_review_target_days
        return answer(
            rule,
            room=ROOM,
            key=f"review:early:{trigger.id}",
            counted_from=trigger.arose_on,
            due_on=before,
            why=why,
            as_of=self.as_of,
            met=met_by(first),
            stop=self._end_on(trigger.arose_on),
            local=WorkingDays(days) if before is None else None,
            facts={"Arose on": on},
        )

    # Significant changes

    def _changes(self) -> Iterator[Due]:
        for change in self.history.changes or ():
            if change.led_to is not None:
                continue
            excused = None
            if change.excused_on is not None:
                words = "considering it first was found not reasonably practicable"
                excused = Stop(change.excused_on, words)
            what = "A planned move" if change.is_move else "A significant change to the care plan"
            on = in_words(change.proposed_on)
            yield answer(
                RULES.governing("reviews.before_change", change.proposed_on),
                room=ROOM,
                key=f"review:change:{change.id}",
                counted_from=change.proposed_on,
                why=f"{what} was proposed on {on}; a review is to consider it first.",
                as_of=self.as_of,
                met=Met(change.considered_on) if change.considered_on else None,
                stop=first_stop(excused, self._end_on(change.proposed_on)),
                facts={"Proposed on": on},
            )

    def _moves(self) -> Iterator[Due]:
        """Moves of which nobody has said whether a review considered them first."""
        if self.history.changes is None:
            return
        answered = {change.led_to for change in self.history.changes}
        for earlier, placement in pairwise(in_order(self.history.placements)):
            if placement.id in answered or not self._is_move_seen_here(earlier, placement):
                continue
            on = in_words(placement.started_on)
            yield answer(
                RULES.governing("reviews.before_change", placement.started_on),
                room=ROOM,
                key=f"{MOVE_KEY}{placement.id}",
                counted_from=placement.started_on,
                why=f"The child moved on {on}. It is not recorded whether a review considered "
                "the move first, or why that was not reasonably practicable.",
                as_of=self.as_of,
                placement=placement.id,
                stop=self._end_on(placement.started_on),
                facts={"Moved on": on},
            )

    def _is_move_seen_here(self, earlier: PlacementFact, placement: PlacementFact) -> bool:
        since = self.history.child.followed_from
        if since is not None and placement.started_on < since:
            return False
        if not (earlier.is_looked_after and placement.is_looked_after):
            return False
        if earlier.is_short_break and placement.is_short_break:
            return False
        period = self.history.period_of(placement)
        return period is not None and period == self.history.period_of(earlier)

    # The independent reviewing officer

    def _reviewing_officer(self) -> Iterator[Due]:
        yield from self._appointments()
        for review in self.history.reviews:
            if review.is_followed:
                yield from self._before_review(review)
                yield from self._after_review(review)
        yield from self._midpoint()

    def _appointments(self) -> Iterator[Due]:
        if self.history.iro_appointments is None:
            return
        for period in self.history.child.periods:
            if not period.is_followed:
                continue
            starts = period.started_on
            serving = [
                max(each.appointed_on, starts)
                for each in self.history.iro_appointments
                if each.ended_on is None or each.ended_on >= starts
            ]
            named = min(serving, default=None)
            yield answer(
                RULES.governing("iro.appointed", starts),
                room=ROOM,
                key=f"iro:appointed:{period.id or starts}",
                counted_from=starts,
                why=f"The child became looked after on {in_words(starts)}; an IRO is to be "
                "appointed within five working days of that day.",
                as_of=self.as_of,
                met=Met(named) if named else None,
                stop=first_stop(end_of(period), self.of_age),
                facts={"Became looked after": in_words(starts)},
            )

    def _before_review(self, review: ReviewFact) -> Iterator[Due]:
        if review.convened_for is None:
            return
        on = review.convened_for
        opened = Stop(review.opened_on, "the review opened") if review.opened_on else None
        for code, name, done_on, what in (
            ("iro.contacted", "contacted", review.iro_contacted_on, "the social worker and the "
             "IRO are to speak at least 15 working days before it"),
            ("iro.documents", "documents", review.documents_sent_on, "the care plan and the "
             "education and health plans are to be with the IRO at least three working days "
             "before it"),
        ):  # fmt: skip
            yield answer(
                RULES.governing(code, on),
                room=ROOM,
                key=f"iro:{name}:{review.id}",
                counted_from=on,
                why=f"The review is set for {in_words(on)}; {what}.",
                as_of=self.as_of,
                met=Met(done_on, review.id) if done_on else None,
                stop=opened,
                facts={"Review set for": in_words(on)},
            )

    def _after_review(self, review: ReviewFact) -> Iterator[Due]:
        on = review.completed_on
        if on is None:
            return
        rows: list[tuple[str, str, date | None, date, str]] = [
            ("iro.decisions", "decisions", review.decisions_issued_on, on,
             "the decisions are to be given in writing within five working days of that day"),
            ("iro.record", "record", review.recorded_on, on,
             "the full record is to be completed within 15 working days of that day"),
            ("iro.circulated", "circulated", review.circulated_on, on,
             "the record is to be sent out within 20 working days of that day"),
        ]  # fmt: skip
        received_on = review.manager_received_on
        if received_on is not None:
            rows.insert(1, (
                "iro.manager_answer", "manager_answer", review.manager_answered_on, received_on,
                "the manager is to say within five working days of that day whether they are "
                "agreed",
            ))  # fmt: skip
        for code, name, done_on, counted_from, what in rows:
            began = "The decisions were received" if code == "iro.manager_answer" else (
                "The review was held"
            )  # fmt: skip
            yield answer(
                RULES.governing(code, counted_from),
                room=ROOM,
                key=f"iro:{name}:{review.id}",
                counted_from=counted_from,
                why=f"{began} on {in_words(counted_from)}; {what}.",
                as_of=self.as_of,
                met=Met(done_on, review.id) if done_on else None,
                facts={"Review held": in_words(on)},
            )

    def _midpoint(self) -> Iterator[Due]:
        """The IRO's look half way, for the last review held; a local standard only."""
        if self.history.iro_checks is None or not self.held:
            return
        last = self.held[-1]
        code = "reviews.second" if len(self.held) == 1 else "reviews.later"
        next_due_on = due_by(RULES.governing(code, last.on), last.on)
        if next_due_on is None:
            return
        half_way = midpoint(last.on, next_due_on)
        checks = sorted(self.history.iro_checks, key=lambda each: each.checked_on)
        done = next((each for each in checks if each.checked_on > last.on), None)
        yield answer(
            RULES.governing("iro.midpoint", last.on),
            room=ROOM,
            key=f"iro:midpoint:{last.id}",
            counted_from=last.on,
            due_on=half_way,
            why=f"The last review was held on {in_words(last.on)} and the next is due by "
            f"{in_words(next_due_on)}; half way is a local standard, not the law.",
            as_of=self.as_of,
            met=Met(done.checked_on, done.id) if done else None,
            stop=self._end_on(last.on),
            facts={"Last review": in_words(last.on)},
        )


def held_reviews(reviews: Iterable[ReviewFact]) -> list[Held]:
    """Reviews that took place, one a day; of two records of one day, the completed one."""
    held = [
        Held(review.id, review.opened_on, review.completed_on)
        for review in reviews
        if review.opened_on is not None
    ]
    held.sort(key=lambda review: (review.on, review.completed_on or date.min, review.id))
    return list({review.on: review for review in held}.values())


def day_of_review(review: Held) -> date:
    return review.on


def end_of(period: CarePeriod) -> Stop | None:
    if period.ended_on is None:
        return None
    return Stop(period.ended_on, "the child stopped being looked after")


def authorised(day: date, *, goes_on: bool) -> Phase:
    return Phase(
        f"authority:{day}",
        day,
        "reviews.adoption_authority_first",
        AUTHORITY_CODES,
        f"Authority to place for adoption was obtained on {in_words(day)}; a review is due "
        "within three months of that day.",
        "authority to place for adoption was obtained" if not goes_on else "the placement ended",
        goes_on=goes_on,
    )


def placed_for_adoption(placement: str, day: date) -> Phase:
    return Phase(
        f"adoption:{placement}",
        day,
        "reviews.adoption_first",
        ADOPTION_CODES,
        f"The child was placed for adoption on {in_words(day)}; the first review is due within "
        "four weeks of that day.",
        "the child was placed for adoption and those reviews began",
        placement=placement,
    )


def ordinary_again(day: date) -> Phase:
    return Phase(
        f"again:{day}",
        day,
        "reviews.first",
        CARE_CODES,
        "No review is recorded since the child became looked after; the first review was due "
        "within 20 working days of that day.",
        "the placement for adoption ended",
        goes_on=True,
    )


def other_reading(rule: Rule, review: Held) -> Reading | None:
    """For an adjourned review: the date counted from the day it was completed."""
    if review.completed_on is None or review.completed_on == review.on:
        return None
    due_on = due_by(rule, review.completed_on)
    if due_on is None:
        return None
    return Reading(
        due_on,
        f"The review was adjourned; counted from its completion on "
        f"{in_words(review.completed_on)} the date would be {in_words(due_on)}.",
    )


def met_by(review: Held | None) -> Met | None:
    return Met(review.on, review.id) if review is not None else None


def review_facts(
    last: Held | None, following: Held | None, counted_from: date | None
) -> dict[str, str]:
    facts: dict[str, str] = {}
    if counted_from is not None:
        facts["Counted from"] = in_words(counted_from)
    if last is not None:
        facts["Last review opened"] = in_words(last.on)
        if last.completed_on is not None:
            facts["Last review completed"] = in_words(last.completed_on)
    if following is not None:
        facts["Review held"] = in_words(following.on)
    return facts
