"""The codes of the field that the records use: SSDA903 legal statuses, places and the rest."""

from django.db import models


class LegalStatusCode(models.TextChoices):
    C1 = "C1", "Interim care order"
    C2 = "C2", "Full care order"
    D1 = "D1", "Freeing order"
    E1 = "E1", "Placement order"
    V2 = "V2", "Accommodated under section 20"
    V3 = "V3", "Short breaks (each recorded)"
    V4 = "V4", "Short breaks (agreement)"
    L1 = "L1", "Police protection, in local authority accommodation"
    L2 = "L2", "Emergency protection order"
    L3 = "L3", "Child assessment order"
    J1 = "J1", "Remanded to local authority accommodation"
    J2 = "J2", "Detained under PACE in local authority accommodation"
    J3 = "J3", "Youth rehabilitation order with residence"


class PlaceCode(models.TextChoices):
    A3 = "A3", "Placed for adoption with consent, with current carer"
    A4 = "A4", "Placed for adoption with consent, not with current carer"
    A5 = "A5", "Placed for adoption under a placement order, with current carer"
    A6 = "A6", "Placed for adoption under a placement order, not with current carer"
    H5 = "H5", "Semi-independent living, not a children's home"
    K1 = "K1", "Secure children's home"
    K2 = "K2", "Children's home"
    K3 = "K3", "Supported accommodation (16 and over)"
    P1 = "P1", "With parents or a person with parental responsibility"
    P2 = "P2", "Independent living"
    P3 = "P3", "Residential employment"
    R1 = "R1", "Residential care home"
    R2 = "R2", "NHS trust or nursing care"
    R3 = "R3", "Family centre or mother and baby unit"
    R5 = "R5", "Young offender institution or prison"
    S1 = "S1", "Residential school"
    T0 = "T0", "Temporary placement"
    T1 = "T1", "Temporary: in hospital"
    T2 = "T2", "Temporary: on holiday"
    T3 = "T3", "Temporary: carer on holiday"
    T4 = "T4", "Temporary: seven days or less"
    U1 = "U1", "Fostered by relative or friend, long term"
    U2 = "U2", "Fostered by relative or friend, fostering for adoption"
    U3 = "U3", "Fostered by relative or friend, not long term"
    U4 = "U4", "Fostered by another carer, long term"
    U5 = "U5", "Fostered by another carer, fostering for adoption"
    U6 = "U6", "Fostered by another carer, not long term"
    Z1 = "Z1", "Other placement"
    Z11 = "Z11", "Other placement (Z11)"
    Z12 = "Z12", "Other placement (Z12)"
    Z13 = "Z13", "Other placement (Z13)"
    Z14 = "Z14", "Other placement (Z14)"


TEMPORARY_PLACES = ("T0", "T1", "T2", "T3", "T4")
ADOPTION_PLACES = ("A3", "A4", "A5", "A6")


class PlacementBasis(models.TextChoices):
    """The special regime a placement is under; empty for an ordinary placement."""

    ORDINARY = "", "Ordinary placement"
    REG_19 = "reg_19", "With parents before assessment is complete (regulation 19)"
    REG_24 = "reg_24", "Connected person with temporary approval (regulation 24)"
    REG_48 = "reg_48", "Short breaks (regulation 48)"
    INTERIM_ORDER_WITH_PARENT = "interim_order_with_parent", "Interim order, living with parent"
    CARE_ORDER_WITH_PARENT = "care_order_with_parent", "Care order, living with parent"
    OTHERS_ARRANGEMENTS = "others_arrangements", "Arranged by somebody else (regulation 28(6))"
    ADOPTION = "adoption", "Placed for adoption"
    SECTION_85 = "section_85", "Not looked after: health or education placement (section 85)"
    SECTION_86 = "section_86", "Not looked after: care home or hospital (section 86)"


NOT_LOOKED_AFTER = (PlacementBasis.SECTION_85, PlacementBasis.SECTION_86)


class SettingType(models.TextChoices):
    CHILDRENS_HOME = "childrens_home", "Children's home"
    SECURE_HOME = "secure_home", "Secure children's home"
    RESIDENTIAL_SCHOOL = "residential_school", "Residential special school"
    SUPPORTED = "supported", "Supported accommodation"
    CARE_HOME = "care_home", "Residential care home"
    HOSPITAL = "hospital", "Hospital or nursing care"
    OTHER = "other", "Other"


class Disability(models.TextChoices):
    """Disability codes of the children in need census."""

    NONE = "NONE", "No disability"
    MOB = "MOB", "Mobility"
    HAND = "HAND", "Hand function"
    PC = "PC", "Personal care"
    INC = "INC", "Incontinence"
    COMM = "COMM", "Communication"
    LD = "LD", "Learning"
    HEAR = "HEAR", "Hearing"
    VIS = "VIS", "Vision"
    BEH = "BEH", "Behaviour"
    CON = "CON", "Consciousness"
    AUT = "AUT", "Autism or Asperger syndrome"
    DDA = "DDA", "Other disability under the Equality Act"


class CommunicationMode(models.TextChoices):
    """How a child tells us things, or how a visit was understood."""

    SPEECH = "speech", "Speech"
    SIGN = "sign", "Signs"
    SYMBOLS = "symbols", "Symbols or pictures"
    DEVICE = "device", "A speech device or app"
    OBJECTS = "objects", "Objects of reference"
    EYES = "eyes", "Eye gaze"
    BODY = "body", "Face, body and behaviour"
    WRITING = "writing", "Writing or drawing"
    OTHER = "other", "Another way"


class EvidenceSource(models.TextChoices):
    """How a fact is known. What the home says is one source among several."""

    CHILD = "child", "The child"
    OBSERVATION = "observation", "I saw or heard it myself"
    FAMILY = "family", "Family"
    SCHOOL = "school", "School"
    HEALTH = "health", "Health"
    ADVOCATE = "advocate", "Advocate"
    HOME = "home", "The home"


class Gender(models.TextChoices):
    MALE = "M", "Male"
    FEMALE = "F", "Female"
    NOT_RECORDED = "U", "Not recorded"
