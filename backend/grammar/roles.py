"""The people of the work, by the part they play for a child, a setting or an authority."""

from enum import StrEnum


class Role(StrEnum):
    """A part somebody plays; the value is stored, the label is read."""

    SOCIAL_WORKER = "social_worker"
    IRO = "iro"
    ADVOCATE = "advocate"
    TEAM_MANAGER = "team_manager"
    SERVICE_MANAGER = "service_manager"
    DIRECTOR = "director"
    IRO_MANAGER = "iro_manager"
    LADO = "lado"
    HOST_OFFICER = "host_officer"
    REGISTERED_MANAGER = "registered_manager"
    INDEPENDENT_VISITOR = "independent_visitor"
    NOMINATED_OFFICER = "nominated_officer"
    ADMINISTRATOR = "administrator"
    REFERRER = "referrer"
    RAISED_BY = "raised_by"
    SENT_TO = "sent_to"
    CLOCK = "clock"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS: dict[Role, str] = {
    Role.SOCIAL_WORKER: "social worker",
    Role.IRO: "independent reviewing officer",
    Role.ADVOCATE: "advocate",
    Role.TEAM_MANAGER: "team manager",
    Role.SERVICE_MANAGER: "service manager",
    Role.DIRECTOR: "director of children's services",
    Role.IRO_MANAGER: "IRO manager",
    Role.LADO: "LADO",
    Role.HOST_OFFICER: "host authority officer",
    Role.REGISTERED_MANAGER: "registered manager",
    Role.INDEPENDENT_VISITOR: "independent visitor",
    Role.NOMINATED_OFFICER: "nominated officer",
    Role.ADMINISTRATOR: "administrator",
    Role.REFERRER: "the person who made the referral",
    Role.RAISED_BY: "the person who raised it",
    Role.SENT_TO: "the person it was sent to",
    Role.CLOCK: "the clock",
}

#: Allocated to a child by name.
ALLOCATED = (Role.SOCIAL_WORKER, Role.IRO, Role.ADVOCATE)
#: Played in one case only, by what somebody did or was asked.
IN_ONE_CASE = (Role.REFERRER, Role.RAISED_BY, Role.SENT_TO)
#: Hold a part for a whole team, service, authority or setting.
ASSIGNED = tuple(role for role in Role if role not in (*ALLOCATED, *IN_ONE_CASE, Role.CLOCK))
