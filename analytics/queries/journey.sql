-- Grain: one row per lead of the cohort, all its columns kept, with the lead's way through the stages. Zone: naive UTC;
-- months, quarters and the hour of arrival are local to the contract's zone; those of an opportunity or a win are of its own date.
-- NULL age means "not happened or not dated"; an event dated before the handoff has age 0 and is_before_handoff.
-- Ages are seconds of wall time since the handoff. A stage that was skipped takes the date of the first later one.
WITH staged AS (
    SELECT
        c.*,
        DATE '1970-01-01' + c.handoff_day AS handoff_on,
        l.accepted_at,
        l.rejected_at,
        l.opportunity_at,
        l.closed_at,
        c.has_opportunity OR coalesce(c.outcome = 'won', false) AS is_opportunity,
        coalesce(c.outcome = 'won', false) AS is_won,
        coalesce(c.outcome = 'lost', false) AS is_lost,
        CASE WHEN c.is_accepted
             THEN coalesce(l.accepted_at, least(l.opportunity_at, CASE WHEN c.outcome = 'won' THEN l.closed_at END)) END
            AS reached_accepted_at,
        CASE WHEN c.is_rejected OR c.is_disqualified_later
             THEN CASE coalesce(l.rejection_reason, 'missing') {reasons} ELSE {other} END ELSE -1 END AS reason_code,
        coalesce(lower(l.intent) IN ({high_intents}), false) AS is_high_intent,
        {local_handoff} AS handoff_local,
        {local_opportunity} AS opportunity_local,
        CASE WHEN c.outcome = 'won' THEN {local_closed} END AS won_local,
        CASE WHEN {is_routed} AND l.created_at <= l.handoff_at
             THEN date_diff('second', l.created_at, l.handoff_at) END AS routing_wait,
        CASE WHEN l.opened_at >= l.handoff_at THEN date_diff('second', l.handoff_at, l.opened_at) END AS opening_wait,
        CAST(l.score AS DOUBLE) AS score,
        l.owner IS NOT NULL AS has_owner,
        coalesce(l.employees_is_range, false) AS is_size_range,
        l.has_email,
        l.touch_count AS recorded_touches, -- human touches from handoff to as_of; NULL: none listed, or not known
        NOT coalesce(l.handoff_is_date, false) AS has_arrival_hour,
        l.opened_at IS NULL AS is_unopened,
        coalesce(l.created_at > l.handoff_at, false) AS is_created_later,
        k.landmark_age,
        k.is_out_of_hours,
        coalesce(r.lead_no IS NOT NULL, false) AS is_repeat,
        company.account,
        company.has_account,
        CAST(people.contacts AS INTEGER) AS account_contacts, -- people of the lead's account in this cohort
        l.opportunity_id IS NOT NULL AND {has_opportunity_ids} AS has_own_opportunity_id
    FROM {cohort} AS c
    JOIN {leads} AS l USING (lead_no)
    LEFT JOIN {repeats} AS r USING (lead_no)
    JOIN {accounts} AS company USING (lead_no)
    JOIN (
        SELECT account, count(*) AS contacts
        FROM (SELECT DISTINCT account, contact FROM {accounts} JOIN {cohort} USING (lead_no)) GROUP BY 1
    ) AS people ON people.account = company.account
    LEFT JOIN ({landmarks}) AS k USING (lead_no)
), spanned AS (
    SELECT
        s.*,
        date_diff('second', s.handoff_at, s.reached_accepted_at) AS to_accepted,
        date_diff('second', s.handoff_at, s.rejected_at) AS to_rejected,
        date_diff('second', s.handoff_at, coalesce(s.opportunity_at, CASE WHEN s.is_won THEN s.closed_at END)) AS to_opportunity,
        date_diff('second', s.handoff_at, s.closed_at) AS to_closed,
        date_diff('second', coalesce(s.reached_accepted_at, s.handoff_at), s.rejected_at) AS to_disqualified
    FROM staged AS s
), aged AS (
    -- never greatest(0, x): it makes 0 of an unknown x
    SELECT
        s.* EXCLUDE (accepted_at, rejected_at, opportunity_at, closed_at, handoff_local, opportunity_local, won_local, handoff_on, to_accepted,
            to_rejected, to_opportunity, to_closed, to_disqualified),
        CAST(year(s.handoff_on) * 12 + month(s.handoff_on) - 1 AS INTEGER) AS month,
        CAST(year(s.handoff_on) * 4 + quarter(s.handoff_on) - 1 AS INTEGER) AS quarter,
        CAST(year(s.opportunity_local) * 12 + month(s.opportunity_local) - 1 AS INTEGER) AS opportunity_month,
        CAST(year(s.opportunity_local) * 4 + quarter(s.opportunity_local) - 1 AS INTEGER) AS opportunity_quarter,
        CAST(year(s.won_local) * 4 + quarter(s.won_local) - 1 AS INTEGER) AS won_quarter,
        CAST((isodow(s.handoff_local) - 1) * 24 + hour(s.handoff_local) AS INTEGER) AS arrival, -- 0 = Monday, 00:00-00:59
        date_diff('second', s.handoff_at, $as_of) AS age,
        CASE WHEN s.to_accepted < 0 THEN 0 ELSE s.to_accepted END AS accept_age,
        CASE WHEN s.is_rejected THEN CASE WHEN s.to_rejected < 0 THEN 0 ELSE s.to_rejected END END AS reject_age,
        CASE WHEN s.is_opportunity THEN CASE WHEN s.to_opportunity < 0 THEN 0 ELSE s.to_opportunity END END AS opportunity_age,
        CASE WHEN s.is_won THEN CASE WHEN s.to_closed < 0 THEN 0 ELSE s.to_closed END END AS won_age,
        CASE WHEN s.is_lost THEN CASE WHEN s.to_closed < 0 THEN 0 ELSE s.to_closed END END AS lost_age,
        CASE WHEN s.is_disqualified_later THEN CASE WHEN s.to_disqualified < 0 THEN 0 ELSE s.to_disqualified END END
            AS disqualified_after,
        s.is_won AND s.opportunity_at IS NULL AND NOT s.has_own_opportunity_id AS is_opportunity_skipped,
        s.accepted_at IS NOT NULL AS is_acceptance_dated,
        s.opportunity_at IS NOT NULL AS is_opportunity_dated,
        {before_handoff} AS is_before_handoff,
        {out_of_order} AS is_out_of_order
    FROM spanned AS s
)
SELECT
    a.* EXCLUDE (reached_accepted_at, reason_code, has_own_opportunity_id),
    CAST(a.reason_code AS TINYINT) AS reason,
    coalesce((a.is_accepted AND a.accept_age <= $window_seconds)
        OR (a.is_rejected AND a.reject_age <= $window_seconds AND a.reason_code <> {missing}), false) AS is_decided_in_window,
    -- the first matching step of the bridge, in its printed order
    CAST(CASE
        WHEN {knows_decisions} AND NOT a.is_settled AND NOT a.is_accepted AND NOT a.is_rejected THEN 1
        WHEN {knows_owners} AND NOT a.has_owner THEN 2
        WHEN a.is_repeat THEN 3
        WHEN {knows_touches} AND (a.is_rejected OR (a.is_lost AND NOT a.is_accepted))
            AND NOT a.is_touched AND NOT a.is_touched_before THEN 4
        WHEN {knows_decisions} AND NOT a.is_accepted AND NOT a.is_rejected THEN 5
        WHEN {knows_decisions} AND a.is_rejected THEN 10 + a.reason_code
        WHEN {knows_touches} AND NOT a.is_touched AND NOT a.is_touched_before THEN 30
        ELSE 40
    END AS TINYINT) AS bridge_step
FROM aged AS a
