"""Who lives and works in the invented world. Every name is made up."""

from dataclasses import dataclass, field
from typing import NamedTuple

from backend.grammar.roles import Role


@dataclass(frozen=True)
class Home:
    """A setting: name, URN, type, host authority, postcode, places."""

    name: str
    urn: str
    type: str
    host: str
    postcode: str
    places: int
    provider: str
    conditions: str = ""
    school: str = ""


OWNER = ("Larkfield Care and Education Limited", "Larkfield Holdings", "Larkfield Group")
OTHER_OWNER = ("Fen and Vale Homes Limited", "Fen and Vale Homes", "")

HOMES = (
    Home(
        "Alder House",
        "SC901001",
        "childrens_home",
        "E08000017",
        "DN1 3BU",
        14,
        OWNER[0],
        "May accommodate up to 14 children with learning disabilities.",
        "Larkfield School",
    ),
    Home("Birch House", "SC901002", "childrens_home", "E08000017", "DN1 3BU", 12, OWNER[0]),
    Home(
        "Larkfield School",
        "SC901003",
        "residential_school",
        "E08000017",
        "DN1 3BU",
        20,
        OWNER[0],
        "52-week residential special school.",
        "Larkfield School",
    ),
    Home("Marsh End", "SC902001", "childrens_home", "E10000020", "NR1 2DH", 6, OTHER_OWNER[0]),
    Home("Wrekin View", "SC902002", "childrens_home", "E06000051", "SY2 6ND", 8, OTHER_OWNER[0]),
)

#: The placing authorities. Postcodes here and above are those of council offices, so that
#: distances are real and nobody's street is named.
AUTHORITIES = {
    "E09000002": "IG11 7LU",
    "E09000012": "E8 1EA",
    "E09000023": "SE6 4RU",
    "E08000025": "B1 1BB",
    "E08000003": "M2 5DB",
    "E08000012": "L3 1AH",
    "E08000035": "LS1 1UR",
    "E06000016": "LE1 1FZ",
    "E06000023": "BS1 5TR",
    "E10000016": "ME14 1XQ",
    "E10000012": "CM1 1QH",
    "E10000014": "SO23 8UJ",
}
MAIN = "E09000002"


@dataclass(frozen=True)
class Worker:
    """A professional of the invented world, with what they do."""

    key: str
    name: str
    role: Role
    organisation: str
    place: str
    """``team:...``, ``service:...``, ``authority:...`` or ``setting:...``"""
    allocates: bool = field(default=False)


WORKERS = (
    Worker("amara", "Amara Okafor", Role.SOCIAL_WORKER, "Barking and Dagenham", "team:east"),
    Worker("tom", "Tom Hartley", Role.SOCIAL_WORKER, "Barking and Dagenham", "team:east"),
    Worker("rosa", "Rosa Mensah", Role.SOCIAL_WORKER, "Barking and Dagenham", "team:west"),
    Worker("imran", "Imran Siddiqui", Role.IRO, "Barking and Dagenham", "authority:E09000002"),
    Worker("grace", "Grace Adeyemi", Role.IRO, "Barking and Dagenham", "authority:E09000002"),
    Worker("helen", "Helen Marsh", Role.TEAM_MANAGER, "Barking and Dagenham", "team:east"),
    Worker("dev", "Dev Patel", Role.TEAM_MANAGER, "Barking and Dagenham", "team:west"),
    Worker("ruth", "Ruth Callaghan", Role.SERVICE_MANAGER, "Barking and Dagenham", "service:main"),
    Worker("sunita", "Sunita Rao", Role.DIRECTOR, "Barking and Dagenham", "authority:E09000002"),
    Worker(
        "nina",
        "Nina Farrell",
        Role.NOMINATED_OFFICER,
        "Barking and Dagenham",
        "authority:E09000002",
    ),
    Worker("peter", "Peter Lowe", Role.IRO_MANAGER, "Barking and Dagenham", "authority:E09000002"),
    Worker("joy", "Joy Clarke", Role.ADVOCATE, "Voices Together", "authority:E09000002"),
    Worker("ada", "Ada Wright", Role.ADMINISTRATOR, "Barking and Dagenham", "authority:E09000002"),
    Worker("neil", "Neil Booth", Role.HOST_OFFICER, "Doncaster", "authority:E08000017"),
    Worker("carol", "Carol Finch", Role.LADO, "Doncaster", "authority:E08000017"),
    Worker("mark", "Mark Sutton", Role.REGISTERED_MANAGER, "Alder House", "setting:SC901001"),
    Worker("lisa", "Lisa Dunn", Role.REGISTERED_MANAGER, "Birch House", "setting:SC901002"),
    Worker("owen", "Owen Price", Role.REGISTERED_MANAGER, "Marsh End", "setting:SC902001"),
    Worker(
        "faith",
        "Faith Njoroge",
        Role.INDEPENDENT_VISITOR,
        "Independent visitor (regulation 44)",
        "setting:SC901001",
    ),
)

#: First and family names, invented and mixed; the combination is drawn with a fixed seed.
FIRST_NAMES = [
    "Aaliyah",
    "Ben",
    "Chloe",
    "Daniel",
    "Ebony",
    "Farhan",
    "Georgia",
    "Harun",
    "Isla",
    "Jayden",
    "Kezia",
    "Leo",
    "Maya",
    "Noah",
    "Orla",
    "Priya",
    "Quinn",
    "Reuben",
    "Safiya",
    "Theo",
    "Uma",
    "Victor",
    "Willow",
    "Xavier",
    "Yasmin",
    "Zachary",
    "Amos",
    "Bethany",
    "Callum",
    "Delilah",
    "Elias",
    "Freya",
    "Gabriel",
    "Hana",
    "Isaac",
    "Jasmine",
    "Kofi",
    "Lena",
    "Malachi",
    "Nadia",
    "Oscar",
    "Poppy",
    "Rafael",
    "Skye",
    "Tariq",
    "Una",
    "Violet",
    "Wesley",
    "Ximena",
    "Yusuf",
    "Zara",
    "Abel",
    "Bonnie",
    "Caleb",
    "Dara",
    "Esme",
    "Finley",
    "Gwen",
    "Hugo",
    "Ines",
]
FAMILY_NAMES = [
    "Ashdown",
    "Bello",
    "Carver",
    "Duarte",
    "Ellison",
    "Farrow",
    "Greave",
    "Hollis",
    "Ibrahim",
    "Jessop",
    "Kamara",
    "Lyle",
    "Mercer",
    "Norrie",
    "Oyelaran",
    "Pask",
    "Quayle",
    "Rahim",
    "Sorley",
    "Tindall",
    "Umarov",
    "Vance",
    "Whitby",
    "Yarrow",
    "Zaman",
]

PROFILES = (
    (
        ("symbols", "body"),
        "Uses a symbol strip for yes, no, more and stop. A face turned away means that something "
        "hurts. Give ten seconds before asking again.",
    ),
    (
        ("sign", "speech"),
        "Signs single words and speaks a few. “All done” means frightened, not finished. The "
        "class teacher knows these signs best.",
    ),
    (
        ("device", "eyes"),
        "Eye-gaze device, charged and mounted before you arrive. Says “mum” for anybody who is "
        "trusted. Tires after twenty minutes.",
    ),
    (
        ("body", "objects"),
        "No words or symbols yet. Reaches for what is wanted; rocks when content; bites a hand "
        "when in pain or afraid. Cup means drink, keys mean going out.",
    ),
    (("speech",), "Speaks in sentences, and says what others are thought to want. Ask twice."),
    (
        ("writing", "speech"),
        "Would rather draw than talk. Bring paper; no eye contact.",
    ),
)

CULTURES = (
    ("English", "Christian", "Goes to church with an aunt at Easter."),
    ("English and Yoruba", "Christian", "Hair plaited every fortnight by somebody who knows how."),
    ("Urdu", "Muslim", "Halal food; prays with an uncle by video on Fridays."),
    ("English", "", ""),
    ("Polish", "Catholic", "Name day matters more than birthday."),
    ("English and Twi", "Christian", "Skin care with shea butter after every bath."),
)


class Seen(NamedTuple):
    """What a child said at a visit, what the visitor saw, and what can come of it."""

    words: str
    understood: str
    practice: str
    promise: str
    why_not: str


SEEN = (
    Seen(
        "Pointed to: garden, again, mum.",
        "Likes the garden, and misses mum.",
        "Staff sat down and waited for an answer before moving on.",
        "A call with mum every Sunday at four, on the big screen.",
        "Mum comes every second Saturday and cannot come more often; there are pictures of it now.",
    ),
    Seen(
        "Signed “home”, then “car”.",
        "Asked about going home; I said I would find out and come back with an answer.",
        "A staff member finished the meal for the child rather than with the child.",
        "A day at home in the holidays, with the car shown on the calendar.",
        "Not this month: mum is in hospital. A photograph of home goes on the wall.",
    ),
    Seen(
        "“It's OK. The night people are loud.”",
        "Sleeps badly when the agency night staff are on.",
        "Two staff knew the signs; the third did not try.",
        "The same two people at night from the first of next month; ask then whether it is "
        "quieter.",
        "The home cannot change its night staff before spring; the bedroom moves to the quiet end.",
    ),
    Seen(
        "Took my hand and led me to the bedroom, then closed the door.",
        "Wanted to show me the room, and wanted it to be private.",
        "Knocked before entering; asked whether help was wanted.",
        "A sign for the door that says knock, and everybody shown what it means.",
        "A lock is not safe in a seizure; everybody knocks and waits instead.",
    ),
    Seen(
        "Drew a house with the window open.",
        "Would like the window to open; it is locked at night.",
        "Door alarms sounded twice and nobody came for four minutes.",
        "The window opens again; the lock is moved out of reach.",
        "The window stays locked at night by the fire plan; a fan is there instead.",
    ),
    Seen(
        "Looked at “swimming” three times, and at “no” for school.",
        "Loves swimming; something about school is wrong this term.",
        "Calm, unhurried lunch. Choices offered with real objects.",
        "Swimming every Thursday; the social worker sits in on a school morning.",
        "The pool is shut until the new year; school is talked about again with the symbols.",
    ),
)


def seen_at(child: int, visit: int) -> Seen:
    """What is seen and said at one visit to one child; it goes round."""
    return SEEN[(child + visit) % len(SEEN)]
