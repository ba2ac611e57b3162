"""The last step of an import: the lead table as it is stored, with nothing in it later than as_of."""

from __future__ import annotations

from datetime import datetime

import duckdb

from analytics.importing.choices import Mapping
from analytics.importing.codes import BOOLEANS, NULL_TOKENS, clean_word
from analytics.importing.privacy import contact_key
from analytics.importing.typed import TypedTable
from analytics.schema import FIELDS, Kind, Role

PLAIN_FIELDS = (
    "source", "campaign", "owner", "intent", "company", "account_id", "industry", "country", "seniority",
)  # fmt: skip
STAMPS = tuple(
    name for name, known in FIELDS[Role.LEADS].items() if known.kind is Kind.STAMP and name != "modified_at"
)


def is_ended(mapping: Mapping) -> str:
    """Condition: a coded outcome that stands; "lost" only where the deal is not said to be still open."""
    if mapping.source_of("is_closed"):
        return "(outcome = 'won' OR (outcome = 'lost' AND is_closed IS DISTINCT FROM 'no'))"
    return "outcome IS NOT NULL"


class FinalLeads:
    """Derives first touch, decision and outcome of every lead from the tables ``joined`` and ``touch_rows``."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        mapping: Mapping,
        typed: dict[Role, TypedTable],
        key: str,
        clock_field: str,
    ) -> None:
        """``key`` is the workspace's, ``clock_field`` the field that starts the clock."""
        self._connection = connection
        self._mapping = mapping
        self._typed = typed
        self._key = key
        self._clock_field = clock_field

    def _all(self, query: str) -> list[tuple[object, ...]]:
        return self._connection.execute(query).fetchall()

    def query(self, as_of: datetime, keep_personal: bool) -> str:
        """Query text of the final lead table; aggregates the touches on the way."""
        self._aggregate_touches(as_of)
        return self._final_query(keep_personal).replace("$as_of", f"TIMESTAMP '{as_of.isoformat(sep=' ')}'")

    def _aggregate_touches(self, as_of: datetime) -> None:
        """Per lead the earliest human touch from the clock start on, the latest before it, the last, and counts."""
        has = Role.TOUCHES in self._typed
        if not has:
            self._connection.execute(
                "CREATE OR REPLACE TEMP TABLE touch_facts (lead_no BIGINT, first_at TIMESTAMP, first_is_date BOOLEAN, prior_at TIMESTAMP, "
                "last_at TIMESTAMP, touches BIGINT, channels BIGINT)"
            )
            return
        columns = self._typed[Role.TOUCHES].columns
        clock = f"j.{self._clock_field}"
        at = "t.touched_at"
        from_clock = (
            f"({at} >= {clock} OR (t.touched_at_is_date AND {at} + INTERVAL 1 DAY > {clock}))"
            if "touched_at" in columns
            else "false"
        )
        self._connection.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE touch_facts AS
            SELECT t.lead_no,
                   min(greatest({at}, {clock})) FILTER (WHERE {from_clock}) AS first_at,
                   coalesce(bool_or(t.touched_at_is_date) FILTER (WHERE {from_clock}), false) AS first_is_date,
                   max({at}) FILTER (WHERE NOT {from_clock}) AS prior_at,
                   max({at}) AS last_at,
                   CAST(sum(t.touches) FILTER (WHERE {at} IS NULL OR {from_clock}) AS BIGINT) AS touches,
                   {self._channels(f"{at} IS NULL OR {from_clock}")} AS channels
            FROM touch_rows AS t JOIN joined AS j USING (lead_no)
            WHERE t.is_human AND ({at} IS NULL OR {at} <= $as_of)
            GROUP BY 1
            """,
            {"as_of": as_of},
        )

    def _channels(self, condition: str) -> str:
        """Distinct channels per lead: one bit each where there are at most 63, which is three times as fast."""
        kind = (
            str(self._all("SELECT typeof(channel) FROM touch_rows LIMIT 1")[0][0])
            if self._all("SELECT 1 FROM touch_rows LIMIT 1")
            else ""
        )
        if not kind.startswith("ENUM") or kind.count("'") > 2 * 63:
            return f"count(DISTINCT t.channel) FILTER (WHERE {condition})"
        bit = "CAST(1 AS UBIGINT) << CAST(enum_code(t.channel) AS UBIGINT)"
        return f"CAST(coalesce(bit_count(bit_or({bit}) FILTER (WHERE {condition})), 0) AS BIGINT)"

    def _final_query(self, keep_personal: bool) -> str:
        mapped = self._mapping.source_of
        past = {name: f"CASE WHEN {name} <= $as_of THEN {name} END" for name in STAMPS}
        handoff_is_opportunity = (mapped("handoff_at") or (None,))[0] is Role.OPPORTUNITIES
        by_id = (
            "false" if handoff_is_opportunity else "(opportunity_id IS NOT NULL AND opportunity_at IS NULL)"
        )
        decision = self._decision()
        personal = ", email, phone, person_name" if keep_personal else ""
        extras = "".join(f", {name}" for name in self._typed[Role.LEADS].columns if name.startswith("extra_"))
        lead_id = (
            "lead_id"
            if keep_personal
            else f"CASE WHEN lead_id LIKE '%@%' THEN {contact_key('lead_id', None, self._key)} ELSE lead_id END"
        )
        return f"""
            WITH dated AS (
                SELECT j.*, t.first_at, t.first_is_date, t.prior_at, t.last_at, t.touches, t.channels,
                       {past[self._clock_field]} AS clock_at,
                       {decision}
                       CASE WHEN won_at IS NOT NULL THEN 'won' WHEN lost_at IS NOT NULL THEN 'lost'
                            WHEN {is_ended(self._mapping)} THEN outcome END AS ended,
                       CASE WHEN won_at IS NOT NULL THEN won_at WHEN lost_at IS NOT NULL THEN lost_at ELSE closed_at END AS ended_at
                FROM joined AS j LEFT JOIN touch_facts AS t USING (lead_no)
            ), placed AS (
                SELECT *,
                       CASE WHEN touch_is_date AND first_touch_at < clock_at AND first_touch_at + INTERVAL 1 DAY > clock_at
                            THEN clock_at ELSE first_touch_at END AS own_touch_at,
                       CASE WHEN ended_at IS NULL OR ended_at <= $as_of THEN ended END AS outcome_so_far
                FROM dated
            ), touched AS (
                SELECT *,
                       CASE WHEN own_touch_at <= $as_of AND own_touch_at >= clock_at
                            THEN least(own_touch_at, coalesce(first_at, own_touch_at)) ELSE first_at END AS first_from_clock
                FROM placed
            )
            SELECT CAST(lead_no AS INTEGER) AS lead_no, CAST(file_no AS SMALLINT) AS file_no, line, {lead_id} AS lead_id,
                   clock_at AS handoff_at, clock_is_date AS handoff_is_date,
                   {past["created_at"]} AS created_at, {past["mql_at"]} AS mql_at, {past["opened_at"]} AS opened_at,
                   first_from_clock AS first_touch_at,
                   first_from_clock IS NOT NULL AND CASE WHEN own_touch_at = first_from_clock THEN touch_is_date ELSE coalesce(first_is_date, false) END
                       AS first_touch_is_date,
                   CASE WHEN first_from_clock IS NULL AND clock_at IS NOT NULL
                        THEN greatest(CASE WHEN own_touch_at < clock_at THEN own_touch_at END, prior_at) END AS prior_touch_at,
                   greatest({past["last_touch_at"]}, last_at) AS last_touch_at,
                   CAST(coalesce(touches, touch_count) AS INTEGER) AS touch_count,
                   CAST(coalesce(channels, touch_channels) AS INTEGER) AS touch_channels,
                   decision AS disposition, accepted_on AS accepted_at, rejected_on AS rejected_at,
                   decision = 'accepted' AND is_rejected_too AS is_disqualified_later,
                   coalesce(rejection_reason, CASE WHEN decision = 'rejected' OR is_rejected_too THEN 'missing' END) AS rejection_reason,
                   {past["responded_at"]} AS responded_at, {past["meeting_at"]} AS meeting_at,
                   {past["opportunity_at"]} AS opportunity_at, opportunity_id,
                   coalesce(opportunity_at <= $as_of, false) OR {by_id} OR coalesce(outcome_so_far = 'won', false) AS has_opportunity,
                   outcome_so_far AS outcome, CASE WHEN outcome_so_far IS NOT NULL THEN ended_at END AS closed_at,
                   amount, score, {", ".join(PLAIN_FIELDS)}, employees, employees_is_range,
                   email IS NOT NULL AS has_email, phone IS NOT NULL AS has_phone, company IS NOT NULL AS has_company,
                   person_name IS NOT NULL AS has_name,
                   {contact_key("email" if mapped("email") else None, "phone" if mapped("phone") else None, self._key)} AS contact_key
                   {personal}{extras}
            FROM touched
        """

    def _decision(self) -> str:
        """Columns decision, accepted_on, rejected_on, is_rejected_too; a date later than as_of has not happened.

        A yes/no column with a decision date beside it counts only where that date stands: FALSE alone is "not yet".
        """
        mapped = self._mapping.source_of
        words = {clean_word(text) for text in self._mapping.values.get("disposition", {})} - NULL_TOKENS
        is_boolean = bool(words) and words <= BOOLEANS
        says = "disposition"
        if is_boolean and mapped("decided_at"):
            says = "(CASE WHEN decided_at IS NOT NULL THEN disposition END)"
        elif is_boolean and mapped("rejected_at") and mapped("accepted_at"):
            says = "(CASE WHEN disposition = 'accepted' OR rejected_at IS NOT NULL THEN disposition END)"
        accepted = f"coalesce(accepted_at, CASE WHEN {says} = 'accepted' THEN decided_at END)"
        rejected = f"coalesce(rejected_at, CASE WHEN {says} = 'rejected' THEN decided_at END)"
        is_accepted = (
            f"(CASE WHEN {accepted} IS NOT NULL THEN {accepted} <= $as_of ELSE {says} = 'accepted' END)"
        )
        is_rejected = (
            f"(CASE WHEN {rejected} IS NOT NULL THEN {rejected} <= $as_of ELSE {says} = 'rejected' END)"
        )
        return f"""
            CASE WHEN {is_accepted} THEN 'accepted' WHEN {is_rejected} THEN 'rejected' END AS decision,
            CASE WHEN {accepted} <= $as_of THEN {accepted} END AS accepted_on,
            CASE WHEN {rejected} <= $as_of THEN {rejected} END AS rejected_on,
            coalesce({is_accepted}, false) AND coalesce({is_rejected}, false)
                AND ({says} = 'rejected' OR {rejected} >= {accepted}) IS TRUE AS is_rejected_too,
        """
