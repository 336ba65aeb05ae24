"""An allegation about an adult who works with children, and the notices it sends out."""

from workflows.lado.models.choices import (
    LIMBS,
    OUTCOME_MEANS,
    AlsoRaisedAs,
    Category,
    Harm,
    Outcome,
    Sector,
    Shift,
    Source,
)
from workflows.lado.models.deciding import Decision, DecisionChallenge, Opinion
from workflows.lado.models.homes import ABOUT_ADULTS, HomeNotification
from workflows.lado.models.matching import AdultMatch
from workflows.lado.models.referring import (
    Adult,
    NamedChild,
    Referral,
    ReferralGrant,
    ReferralGroupGrant,
)
from workflows.lado.models.telling import (
    AuthorityNotice,
    NoticeChild,
    NoticeGrant,
    NoticeGroupGrant,
    NoticeShare,
)
from workflows.lado.models.working import (
    LEFT_WORK,
    Allegation,
    Discipline,
    Meeting,
    OutsideTelling,
    ReferralShare,
    Task,
    Track,
    WorkStatus,
)

__all__ = [
    "ABOUT_ADULTS",
    "LEFT_WORK",
    "LIMBS",
    "OUTCOME_MEANS",
    "Adult",
    "AdultMatch",
    "Allegation",
    "AlsoRaisedAs",
    "AuthorityNotice",
    "Category",
    "Decision",
    "DecisionChallenge",
    "Discipline",
    "Harm",
    "HomeNotification",
    "Meeting",
    "NamedChild",
    "NoticeChild",
    "NoticeGrant",
    "NoticeGroupGrant",
    "NoticeShare",
    "Opinion",
    "Outcome",
    "OutsideTelling",
    "Referral",
    "ReferralGrant",
    "ReferralGroupGrant",
    "ReferralShare",
    "Sector",
    "Shift",
    "Source",
    "Task",
    "Track",
    "WorkStatus",
]
