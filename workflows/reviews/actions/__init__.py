"""What people do with reviews, one function per verb."""

from workflows.reviews.actions.between import (
    check_between_reviews,
)
from workflows.reviews.actions.challenges import (
    CHALLENGERS,
    answer_challenge,
    raise_challenge,
)
from workflows.reviews.actions.changes import (
    account_for_move,
    answer_for_move,
    consider_change,
    excuse_change,
    propose_change,
)
from workflows.reviews.actions.convening import (
    cancel_review,
    convene_review,
    rearrange_review,
)
from workflows.reviews.actions.deciding import (
    answer_decisions,
    circulate_review,
    close_review,
    complete_decision,
    issue_decisions,
    record_review,
)
from workflows.reviews.actions.early import (
    ASKS_EARLY,
    answer_early_review,
    call_after_visit,
    request_early_review,
    withdraw_early_review,
)
from workflows.reviews.actions.holding import (
    OUTCOME,
    adjourn_review,
    hold_review,
    resume_review,
)
from workflows.reviews.actions.mending import (
    AMENDABLE,
    MUST_STAY,
    amend_review,
    void_review,
)
from workflows.reviews.actions.preparing import (
    HEARING,
    NOTHING_HEARD,
    add_evidence,
    contact_iro,
    hear_child,
    prepare_review,
    record_views,
    send_documents,
)
from workflows.reviews.actions.returns import (
    load_reviews,
)

__all__ = [
    "AMENDABLE",
    "ASKS_EARLY",
    "CHALLENGERS",
    "HEARING",
    "MUST_STAY",
    "NOTHING_HEARD",
    "OUTCOME",
    "account_for_move",
    "add_evidence",
    "adjourn_review",
    "amend_review",
    "answer_challenge",
    "answer_decisions",
    "answer_early_review",
    "answer_for_move",
    "call_after_visit",
    "cancel_review",
    "check_between_reviews",
    "circulate_review",
    "close_review",
    "complete_decision",
    "consider_change",
    "contact_iro",
    "convene_review",
    "excuse_change",
    "hear_child",
    "hold_review",
    "issue_decisions",
    "load_reviews",
    "prepare_review",
    "propose_change",
    "raise_challenge",
    "rearrange_review",
    "record_review",
    "record_views",
    "request_early_review",
    "resume_review",
    "send_documents",
    "void_review",
    "withdraw_early_review",
]
