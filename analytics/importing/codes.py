"""The CRM's own words to our codes: dispositions, outcomes, rejection reasons, kinds of touch."""

from __future__ import annotations

import re
import unicodedata

from analytics.schema import Kind

NULL_TOKENS = frozenset({
    "", "n/a", "#n/a", "n.a.", "n.a", "null", "(null)", "none", "--none--", "- none -", "-none-", "nil", "nat", "nan",
    "-", "--", "---", "?", "??", "select", "-select-", "--select--", "please select", "(blank)", "[blank]",
    "undefined", "#value!", "#ref!", "#div/0!", "#name?", "#num!", "#null!", "k.a.", "k. a.", "(none)", "not set",
    "\\n", "<null>",
})  # fmt: skip
DATE_NULL_TOKENS = NULL_TOKENS | {"unknown", "na", "tbd", "never", "unbekannt", "pending", "not yet"}

_TRUE = {"true", "yes", "y", "1", "ja", "oui", "si", "sí", "sim", "wahr", "vrai", "verdadero", "x", "t"}
_FALSE = {"false", "no", "n", "0", "nein", "non", "não", "nao", "nee", "falsch", "faux", "falso", "f"}
BOOLEANS = frozenset(_TRUE | _FALSE)

_ACCEPTED = {
    "accepted", "sales accepted", "sal", "accepted by sales", "sql", "sales qualified", "sales qualified lead",
    "qualified", "converted", "qualified - converted", "closed - converted", "opportunity", "opportunity created",
    "open deal", "meeting booked", "akzeptiert", "angenommen", "qualifiziert", "accepté", "qualifié", "aceptado",
    "calificado", "accettato", "qualificato", "aceito", "qualificado", "geaccepteerd", "acceptée", "qualifiée", "converti",
    "convertie", "konvertiert", "umgewandelt", "convertido", "cualificado", "aceptada", "convertito", "gekwalificeerd",
}  # fmt: skip
_REJECTED = {
    "rejected", "sales rejected", "rejected by sales", "disqualified", "unqualified", "not qualified", "recycled",
    "recycle", "returned to marketing", "returned", "closed - not converted", "junk", "junk lead", "dead", "archived",
    "bad fit", "not a fit", "spam", "bad timing", "do not contact", "nurture", "back to nurture", "abgelehnt", "disqualifiziert",
    "unqualifiziert", "rejeté", "refusé", "rechazado", "descalificado", "rifiutato", "rejeitado", "afgewezen", "rejetée",
    "refusée", "disqualifié", "non qualifié", "nicht qualifiziert", "verworfen", "rechazada", "no calificado",
    "no cualificado", "scartato", "non qualificato", "desqualificado", "não qualificado", "gediskwalificeerd", "declined",
    "canceled", "cancelled", "cannot contact", "no longer interested",
}  # fmt: skip
_OPEN = {
    "new", "open", "working", "contacted", "attempted to contact", "attempting contact", "in progress", "assigned",
    "unread", "nurturing", "mql", "marketing qualified", "marketing qualified lead", "lead", "subscriber", "not started",
    "open - not contacted", "working - contacted", "connected", "pre-qualified", "contact in future", "not contacted",
    "scheduled", "engaged", "neu", "offen", "in bearbeitung", "kontaktiert", "nouveau", "en cours", "nuevo", "abierto",
    "undecided", "decision maker", "gatekeeper", "hold", "on hold", "qualification", "qualifying", "prospecting",
    "proposal", "negotiation", "discovery", "demo", "evaluation", "commit", "closed", "ouvert", "ouverte", "aperto",
    "aberto", "novo", "nova", "nuova", "nuovo", "ny", "nieuw", "contacté", "contactado", "contattato", "non contacté",
    "in bearbeitung (kontaktiert)", "nicht kontaktiert", "wiedervorlage", "zurückgestellt",
}  # fmt: skip
_WON = {
    "won", "closed won", "closed-won", "closedwon", "is won", "customer", "gewonnen", "gagné", "ganado", "vinto", "ganho",
    "gewonnen deal", "closed (won)", "deal won", "vunnen", "signed", "gagnée", "ganada", "vinta", "ganha", "gewonnen abgeschlossen",
    "abgeschlossen und gewonnen", "geschlossen/gewonnen", "fermé - gagné", "fermée/gagnée", "cerrada ganada", "cerrado ganado",
    "chiusa vinta", "chiuso vinto", "fechado ganho", "fechada ganha", "fechado e ganho", "abschluss gewonnen", "vundet",
}  # fmt: skip
_LOST = {
    "lost", "closed lost", "closed-lost", "closedlost", "verloren", "perdu", "perdido", "perso", "closed (lost)",
    "deal lost", "churned before start", "abandoned deal", "perdue", "perdida", "persa", "closed-lost to competition",
    "geschlossen/verloren", "fermé - perdu", "fermée/perdue", "cerrada perdida", "cerrado perdido", "chiusa persa",
    "chiuso perso", "fechado perdido", "fechada perdida", "abgeschlossen und verloren", "förlorad", "tabt",
}  # fmt: skip
_OPEN_STAGES = {
    "salesqualifiedlead", "marketingqualifiedlead", "evangelist", "other", "needs analysis", "value proposition",
    "id. decision makers", "identify decision makers", "perception analysis", "proposal/price quote", "negotiation/review",
    "proposal/quote", "appointment scheduled", "appointmentscheduled", "qualified to buy", "qualifiedtobuy",
    "presentation scheduled", "presentationscheduled", "decision maker bought-in", "decisionmakerboughtin", "contract sent",
    "contractsent", "develop", "propose", "close", "in verhandlung", "angebot", "verhandlung", "en attente", "pendiente",
    "in corso", "pendente", "em andamento", "in behandeling", "öppen", "åben",
}  # fmt: skip
_HUMAN = {"human", "manual", "rep", "sales", "person", "manuell", "mensch"} | _TRUE
_STARTS: tuple[tuple[Kind, str, re.Pattern[str]], ...] = (
    (
        Kind.DISPOSITION,
        "rejected",
        re.compile(r"(?:sales |by sales )?(?:rejected|disqualified|unqualified|abgelehnt|recycled)\b\W*\s"),
    ),
    (Kind.DISPOSITION, "accepted", re.compile(r"(?:sales )?accepted(?:\s*[-:(,]|\s+by\b)")),
    (Kind.OUTCOME, "won", re.compile(r"closed?\W{0,3}won\b")),
    (Kind.OUTCOME, "lost", re.compile(r"closed?\W{0,3}lost\b|lost (?:to|-|:)")),
    (
        Kind.TOUCH_KIND,
        "automated",
        re.compile(r".*(?:automat|sequence|workflow|drip|bulk|mass |mailing|newsletter|auto-?repl|\bbot\b)"),
    ),
)
"""Words that begin like one of ours and go on: "Rejected - no budget", "Closed Lost: price"."""
_AUTOMATED = {
    "automated",
    "automatic",
    "auto",
    "system",
    "sequence",
    "workflow",
    "bot",
    "marketing",
    "automatisch",
}

_REASONS: tuple[tuple[str, str], ...] = (
    ("student_or_job_seeker", r"student|intern\b|job ?seeker|applicant|career|bewerb|private (person|interest)|personal use|academic|étudiant|etudiant|estudiante|studente|praktikant"),
    ("competitor", r"competitor|competition|konkurren|concurrent|competencia|wettbewerb"),
    ("duplicate", r"duplicat|dupe|doppel|dublette|already (a )?(customer|lead|known|in)|existing (customer|account|contact|opportunity)|doublon"),
    ("no_budget", r"budget|presupuesto|orçamento|no money|too expensive|\bpric|funding|afford|\bcosts?\b|zu teuer|trop cher|kein geld"),
    ("timing", r"timing|not (now|ready|yet)|\blater\b|später|plus tard|más tarde|next (year|quarter)|no (current )?(need|project)|not interested (right )?now|zu früh|zeitpunkt|postpon|on hold|future"),
    ("bad_contact_data", r"bad (contact|e-?mail|phone|number|data)|wrong (contact|number|person|e-?mail|info)|invalid|bounce|incorrect|contact data|unsubscribed?.*call|do not (call|contact)|falsche|spam|fake|junk|\btest|ungültig|mauvais(e|es)? (num|e-?mail|adresse|coord)"),
    ("no_engagement", r"no (engagement|response|answer|reply|contact|show|interest)|unresponsive|never (answered|responded|replied|engaged)|not (responsive|interested|reachable)|abandon|unsubscrib|ghost|unreachable|can ?not (contact|reach)|cannot be reached|keine (antwort|reaktion)|kein interesse|nicht erreich|went dark|lost contact|pas de réponse|sans réponse|injoignable|sin respuesta|no (responde|contesta)|nessuna risposta|sem resposta|geen (reactie|interesse)|pas intéressé|sin interés"),
    ("out_of_icp", r"\bicp\b|profile|not a (good )?fit|bad fit|poor fit|no fit|wrong (industry|size|segment|region|country|market|persona)|too (small|large|big)|out(side)? of|outside|company size|not (our )?target|disqualified industry|territory|geograph|unqualified|not qualified|nicht zielgruppe|no authority|not (a |the )?decision|zu (klein|groß|gross)|hors cible|hors profil|trop (petit|grand)|fuera de|fora do|nicht passend|passt nicht|demasiado (pequeñ|grande)"),
)  # fmt: skip


def clean_word(text: str) -> str:
    """Text for comparison: NFKC, case folded, zero-width characters out, inner blanks single, trimmed."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    visible = "".join(c for c in folded if unicodedata.category(c) != "Cf")
    return re.sub(r"[\s_]+", " ", visible).strip()


def is_null_token(text: str) -> bool:
    """Whether a cell says "nothing" in one of the ways CRMs and spreadsheets do ("unknown" is a value)."""
    return clean_word(text) in NULL_TOKENS or text.strip().casefold() in NULL_TOKENS


def code_of(kind: Kind, text: str, header: str = "") -> str | None:
    """The code a CRM's word stands for, ``none`` for words that mean "no decision yet", None if not known.

    A reason is never unknown: what no pattern catches is ``other``. TRUE and FALSE read as the column's name
    promises: accepted or rejected, won or lost, automated or not (``header``; rejected and lost where it says so).
    """
    word = clean_word(text)
    if word in NULL_TOKENS:
        return "none"
    if word in _TRUE | _FALSE and _promises_the_opposite(kind, header):
        word = "false" if word in _TRUE else "true"
    if kind in (Kind.DISPOSITION, Kind.OUTCOME, Kind.TOUCH_KIND):
        return _known(kind, word) or next(
            (code for of, code, start in _STARTS if of is kind and start.match(word + " ")), None
        )
    return _known(kind, word)


def _promises_the_opposite(kind: Kind, header: str) -> bool:
    """Whether TRUE in a column of that name says automated, rejected or lost."""
    name = clean_word(header)
    if kind is Kind.TOUCH_KIND:
        return bool(re.search(r"auto|system|\bbot\b|workflow|sequence", name))
    if kind is Kind.DISPOSITION:
        return bool(re.search(r"reject|disqualif|unqualif|abgelehnt", name)) and "accept" not in name
    return kind is Kind.OUTCOME and bool(re.search(r"\blost\b|islost|verloren", name)) and "won" not in name


def _known(kind: Kind, word: str) -> str | None:
    if kind is Kind.DISPOSITION:
        return _pick(
            word,
            ("accepted", _ACCEPTED | _TRUE),
            ("rejected", _REJECTED | _FALSE),
            ("none", _OPEN | _OPEN_STAGES | _WON | _LOST),
        )
    if kind is Kind.OUTCOME:
        return _pick(
            word,
            ("won", _WON | _TRUE),
            ("lost", _LOST | _FALSE),
            ("none", _OPEN | _OPEN_STAGES | _ACCEPTED | _REJECTED),
        )
    if kind is Kind.TOUCH_KIND:
        return _pick(word, ("human", _HUMAN), ("automated", _AUTOMATED | _FALSE))
    if kind is Kind.FLAG:
        return _pick(word, ("yes", _TRUE), ("no", _FALSE))
    if kind is Kind.REASON:
        return next((code for code, pattern in _REASONS if re.search(pattern, word)), "other")
    raise ValueError(f"{kind} has no codes")


def _pick(word: str, *sets: tuple[str, set[str]]) -> str | None:
    bare = re.sub(r"^\d+\s*[-.):]\s*", "", word)  # "5 - Closed Won", "3. Qualified"
    for code, words in sets:
        if word in words or bare in words:
            return code
    return None


def speaks_of(kind: Kind, texts: list[str], *, booleans: bool) -> bool:
    """Whether any of the texts is a word of that kind; with ``booleans`` TRUE and FALSE count as words."""
    plain = _TRUE | _FALSE
    found = {word for word in map(clean_word, texts) if booleans or word not in plain}
    return any(code_of(kind, word) not in (None, "none") for word in found)
