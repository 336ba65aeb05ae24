"""What a referral may say of a field of work, a sender, a kind of harm, an outcome."""

from django.db import models


class Sector(models.TextChoices):
    """Where the adult works with children, as the annual report counts it."""

    RESIDENTIAL = "residential", "Children's homes and other residential care"
    FOSTERING = "fostering", "Fostering"
    EDUCATION = "education", "Schools and colleges"
    EARLY_YEARS = "early_years", "Early years and childcare"
    HEALTH = "health", "Health"
    SOCIAL_CARE = "social_care", "Children's social care"
    POLICE = "police", "Police and justice"
    TRANSPORT = "transport", "Transport"
    SPORT = "sport", "Sport, leisure and youth work"
    FAITH = "faith", "Faith"
    OTHER = "other", "Other"


class Source(models.TextChoices):
    """From whom a referral came."""

    SETTING = "setting", "The home or other setting"
    SCHOOL = "school", "A school or college"
    SOCIAL_WORKER = "social_worker", "Social worker"
    PROFESSIONAL = "professional", "Another professional"
    AUTHORITY = "authority", "Another authority"
    PUBLIC = "public", "A member of the public"
    LADO = "lado", "Taken down by the LADO"


class Shift(models.TextChoices):
    DAY = "day", "Day"
    EVENING = "evening", "Evening"
    NIGHT = "night", "Night, awake"
    SLEEPING_IN = "sleeping_in", "Sleeping in"
    NOT_KNOWN = "", "Not known"


class AlsoRaisedAs(models.TextChoices):
    """Another way by which the same conduct came to somebody's notice."""

    COMPLAINT = "complaint", "A complaint"
    WHISTLEBLOWING = "whistleblowing", "Whistleblowing by staff"
    INSPECTION = "inspection", "A concern told to Ofsted or another regulator"
    VISITOR = "visitor", "A report of the independent visitor (regulation 44)"


class Category(models.TextChoices):
    """What is alleged."""

    PHYSICAL = "physical", "Physical harm"
    RESTRAINT = "restraint", "Restraint"
    CONFINEMENT = "confinement", "Confinement or locking in"
    EMOTIONAL = "emotional", "Emotional harm"
    SEXUAL = "sexual", "Sexual harm"
    NEGLECT = "neglect", "Neglect"
    MEDICATION = "medication", "Medication"
    DIGNITY = "dignity", "Dignity and intimate care"
    DISCRIMINATION = "discrimination", "Discrimination"
    FINANCE = "finance", "Money and belongings"
    CONDUCT = "conduct", "Conduct outside work"
    OTHER = "other", "Other"


class Harm(models.TextChoices):
    """What it did to a child, as far as is known."""

    NOT_KNOWN = "not_known", "Not known"
    NONE = "none", "No harm seen"
    DISTRESS = "distress", "Distress"
    INJURY = "injury", "Injury"
    SERIOUS = "serious", "Serious harm"


class Outcome(models.TextChoices):
    """The five defined outcomes, one for each allegation and never for a person."""

    SUBSTANTIATED = "substantiated", "Substantiated"
    MALICIOUS = "malicious", "Malicious"
    FALSE = "false", "False"
    UNSUBSTANTIATED = "unsubstantiated", "Unsubstantiated"
    UNFOUNDED = "unfounded", "Unfounded"


#: What each outcome means, beside the choice.
OUTCOME_MEANS = {
    Outcome.SUBSTANTIATED: "There is enough evidence to prove the allegation.",
    Outcome.MALICIOUS: "There is enough evidence to disprove it, and a deliberate act to deceive "
    "or cause harm.",
    Outcome.FALSE: "There is enough evidence to disprove it.",
    Outcome.UNSUBSTANTIATED: "There is not enough evidence to prove or disprove it. It says "
    "nothing of guilt or innocence.",
    Outcome.UNFOUNDED: "No evidence or proper basis supports it.",
}


LIMBS = {
    "harmed": "Behaved in a way that has harmed a child, or may have harmed a child",
    "offence": "Possibly committed a criminal offence against or related to a child",
    "poses_risk": "Behaved towards a child or children in a way that indicates they may pose a "
    "risk of harm to children",
    "unsuitable": "Behaved, or may have behaved, in a way that indicates they may not be suitable "
    "to work with children",
}
