"""The words in the exports: sources, campaigns, teams, reasons, and the syllables of invented names. Constants only."""

from __future__ import annotations

from dataclasses import dataclass


def _listed(text: str) -> tuple[str, ...]:
    """The words of a text, one by one."""
    return tuple(text.split())


@dataclass(frozen=True, slots=True)
class Source:
    """A lead source: its share of leads, its pull on fit (standard deviations), its cost per lead and campaigns."""

    name: str
    weight: float
    fit: float
    cost_per_lead: int
    campaigns: tuple[str, ...]
    high_intent: float = 0.03  # share of its leads that ask for a demo or a price
    event_months: tuple[int, ...] = ()  # months (January is 0) in which it is twice as large


SOURCES: tuple[Source, ...] = (
    Source("Demo Request", 0.11, 0.45, 0, ("Website - Request a demo",), high_intent=1.0),
    Source("Pricing Request", 0.07, 0.40, 0, ("Website - Talk to us about pricing",), high_intent=1.0),
    Source(
        "Organic Search", 0.15, 0.10, 22, ("Blog - Buyer guides", "Blog - Benchmarks", "Templates library")
    ),
    Source("Google Ads", 0.18, 0.0, 96, ("Search - Brand", "Search - Category", "Search - Alternatives")),
    Source("LinkedIn Ads", 0.12, -0.05, 138, ("Sponsored - Ops leaders", "Sponsored - Finance leaders")),
    Source(
        "Webinar",
        0.12,
        -0.10,
        54,
        ("Webinar - Forecasting", "Webinar - Planning", "Webinar - Customer panel"),
    ),
    Source("Content Syndication", 0.11, -0.40, 41, ("Syndication - Partner A", "Syndication - Partner B")),
    Source(
        "Trade Show",
        0.08,
        -0.10,
        165,
        ("Show - Industry expo", "Show - Regional tour"),
        event_months=(2, 4, 8),
    ),
    Source(
        "Partner Referral", 0.06, 0.35, 60, ("Referral - Resellers", "Referral - Customers"), high_intent=0.15
    ),
)

REASONS: tuple[str, ...] = (
    *(
        "Outside ICP",
        "Bad contact data",
        "Duplicate record",
        "No response",
        "Competitor",
        "Student / job seeker",
    ),
    *("Bad timing", "No budget", "Other"),
)
NO_RESPONSE, DUPLICATE = REASONS.index("No response"), REASONS.index("Duplicate record")

OWNERS: tuple[str, ...] = (
    *("Tavi Brenmoor", "Orsel Quindle", "Mirra Vostane", "Jorin Falket", "Zella Pruvick", "Dastan Ormley"),
    *(
        "Nevra Holtaine",
        "Quill Sandovar",
        "Ibby Tarnwick",
        "Lorcan Mesdale",
        "Prisca Undervale",
        "Wim Castorly",
    ),
)
AUTOMATION = "Marketing Automation"

BANDS: tuple[tuple[int, int], ...] = (
    (1, 10),
    (11, 50),
    (51, 200),
    (201, 1_000),
    (1_001, 5_000),
    (5_001, 20_000),
)
BAND_NAMES: tuple[str, ...] = ("1-10", "11-50", "51-200", "201-1000", "1001-5000", "5001+")
BAND_AMOUNTS: tuple[int, ...] = (4_200, 8_500, 19_000, 46_000, 98_000, 190_000)  # median deal

INDUSTRIES: tuple[str, ...] = (
    *("Software", "Manufacturing", "Professional Services", "Healthcare", "Financial Services", "Retail"),
    *("Logistics", "Education", "Construction", "Media"),
)
INDUSTRY_WEIGHTS = (0.22, 0.16, 0.14, 0.11, 0.10, 0.08, 0.07, 0.05, 0.04, 0.03)
COUNTRIES: tuple[str, ...] = (
    *("United States", "Canada", "United Kingdom", "Germany", "Australia", "Netherlands", "France", "Brazil"),
)
COUNTRY_WEIGHTS = (0.63, 0.10, 0.09, 0.06, 0.04, 0.03, 0.03, 0.02)
TITLES: tuple[str, ...] = (
    *("Operations Manager", "Marketing Manager", "IT Manager", "Analyst", "Director of Operations"),
    *("Director of Finance", "Head of Sales", "VP Operations", "VP Marketing", "Chief Financial Officer"),
    *("Chief Operating Officer", "Founder", "Consultant", "Coordinator"),
)
TITLE_WEIGHTS = (0.16, 0.12, 0.09, 0.12, 0.09, 0.06, 0.07, 0.06, 0.05, 0.04, 0.03, 0.05, 0.03, 0.03)

CHANNELS: tuple[str, ...] = ("Call", "Email", "LinkedIn", "Meeting")
CALL, EMAIL, LINKEDIN, MEETING = range(4)

HEADS: tuple[str, ...] = _listed(
    "Brav Quor Zeld Trov Plim Skarn Vexil Drun Jorv Wist Grel Marn Thal Kreb Yund Olv Fesk Ruvn Hald Cwen "
    "Blor Snev Twil Prag Ubrel Glint Vorsk Meld Krin Stav Jelm Nurv Pell Orsk Dwin Frob Lusk Zanv Hurl "
    "Egrin Brill Crov Tund Velk Aspen Quist Rholm Slat Wend Iskar Navel Polv Gant Yeld Murk Trell Bask "
    "Civet Doln Elvin"
)
HEARTS: tuple[str, ...] = _listed(
    "a e i o u ar en il or um an el is ov ur al em ik os ut ag eb id ol up as et in op ul ad er ir on us "
    "am ed im om ux av ek ix ot un ab es iv od ub at eg yn oz yr ap ev ip oc yl"
)
TAILS: tuple[str, ...] = _listed(
    "dane vick morra tello sand rique lorne nevin thorn gate well mont crest ford brook dell wick stead "
    "holm quay mere lark fen dale shaw combe garth leigh moor field bourne hurst worth more croft cliff "
    "land point ridge haven march hollow barrow thwaite den ley wold beck rigg scar toft fell carr keld "
    "holt hatch marsh pike slade tarn"
)
KINDS: tuple[str, ...] = (
    *(
        "Systems",
        "Logistics",
        "Partners",
        "Foods",
        "Analytics",
        "Works",
        "Health",
        "Capital",
        "Retail",
        "Tools",
    ),
    *(
        "Energy",
        "Group",
        "Studios",
        "Supply",
        "Software",
        "Labs",
        "Services",
        "Freight",
        "Materials",
        "Media",
    ),
    *("Robotics", "Learning", "Optics", "Textiles"),
)
FIRST_NAMES: tuple[str, ...] = _listed(
    "tavi orsel mirra jorin zella dastan nevra quill ibby lorcan prisca wim anouk bram celse dorit "
    "evander fenna gisli hanke ilse jaska kester linnea maro nilo odile perrin rune sanne teo ulla vigo "
    "wiska xan ysolde zeno arlo brisa corin"
)
LAST_HEADS: tuple[str, ...] = _listed(
    "brenn quin vost falk pruv orm holt sand tarn mes und cast garr hesk ilm jad kolv lunn marr nusk oft "
    "pell rask sorv tull urb vand wesk yorl zand brisk clav dorv ensk frell gund harl isk jorn kest"
)
LAST_TAILS: tuple[str, ...] = _listed(
    "moor dle ane et ick ley aine ovar wick dale vale orly ett ingle ose umber ander ison erby oway und "
    "esk ola ira amo ulin ering ford well sted mont rich by thorpe ham gate wood side field ston"
)
