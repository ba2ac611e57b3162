-- Grain: one row per lead of the cohort (clock start inside the period, filters met). Zone: naive UTC throughout.
-- NULL means "not reached" for stamps, "unknown" for bands (-1 is used instead, so that groups stay plain).
-- Every number of every page counts over these columns; a drill-through is the same predicate without GROUP BY.
WITH chosen AS (
    SELECT
        l.lead_no,
        l.handoff_at,
        l.first_touch_at,
        l.prior_touch_at,
        l.accepted_at,
        l.rejected_at,
        l.disposition,
        l.is_disqualified_later,
        l.has_opportunity,
        l.opportunity_at,
        l.outcome,
        l.closed_at,
        l.responded_at,
        l.meeting_at,
        l.touch_count,
        l.touch_channels,
        {score_band} AS score_band,
        {size_band} AS size_band,
        CASE WHEN lower(l.intent) IN ({high_intents}) THEN $limit_high ELSE $limit_standard END AS limit_seconds,
        -- what the contract asks of a lead at its handoff: 1 met, 0 not met, -1 not known, NULL nothing agreed
        {definition_answer} AS definition_answer,
        {is_complete} AS is_complete,
        (l.handoff_is_date OR l.first_touch_is_date) AS is_undated,
        -- accepted by a stamp or word, or by implication of an opportunity or a win
        l.disposition = 'accepted' OR l.has_opportunity OR coalesce(l.outcome = 'won', false) AS is_accepted_raw
    FROM {leads} AS l
    WHERE l.handoff_at >= $starts_at AND l.handoff_at < $ends_at{filters}
), clocked AS (
    SELECT
        c.*,
        coalesce(c.is_accepted_raw, false) AS is_accepted,
        date_diff('second', TIMESTAMP '1970-01-01', c.handoff_at) AS handoff_second,
        date_diff('second', TIMESTAMP '1970-01-01', c.first_touch_at) AS touch_second,
        coalesce(c.accepted_at, c.handoff_at) + $cadence_window AS cadence_end
    FROM chosen AS c
), walked AS (
    -- working seconds since an origin are linear within every slot: W(t) = base + slope * (t - start of its slot)
    SELECT
        c.*,
        h.base + h.slope * (c.handoff_second - h.slot * $slot_seconds) AS handoff_work,
        t.base + t.slope * (c.touch_second - t.slot * $slot_seconds) AS touch_work
    FROM clocked AS c
    LEFT JOIN {slots} AS h ON h.slot = c.handoff_second // $slot_seconds
    LEFT JOIN {slots} AS t ON t.slot = c.touch_second // $slot_seconds
)
SELECT
    w.lead_no,
    w.handoff_at,
    CAST(date_diff('day', DATE '1970-01-01', {local_handoff}) AS INTEGER) AS handoff_day, -- local days since 1970-01-01
    w.score_band,
    w.size_band,
    w.limit_seconds,
    w.is_undated,
    w.definition_answer,
    w.is_complete,
    -- acceptance
    w.handoff_at + $disposition_window <= $as_of AS is_settled,
    w.is_accepted,
    w.is_accepted AND w.disposition IS DISTINCT FROM 'accepted' AS is_implied,
    w.is_accepted AND coalesce(w.accepted_at > w.handoff_at + $disposition_window, false) AS is_late,
    -- a rejection dated before the opportunity or win that implies the acceptance came first: no disqualification
    w.is_accepted AND (coalesce(w.is_disqualified_later, false) OR (coalesce(w.disposition = 'rejected', false)
        AND NOT coalesce(w.rejected_at < coalesce(w.opportunity_at, w.closed_at), false))) AS is_disqualified_later,
    NOT w.is_accepted AND coalesce(w.disposition = 'rejected', false) AS is_rejected,
    -- speed to lead; a lead touched only before its handoff is not timed
    w.first_touch_at IS NOT NULL AS is_touched,
    w.first_touch_at IS NULL AND w.prior_touch_at IS NOT NULL AS is_touched_before,
    coalesce(w.touch_work, $as_of_work) - w.handoff_work AS working_wait,
    $as_of_work - w.handoff_work AS working_follow_up,
    coalesce(w.touch_second, $as_of_second) - w.handoff_second AS wall_wait,
    -- working rate, of accepted leads
    w.is_accepted AND w.cadence_end <= $as_of AS is_cadence_settled,
    CAST({touches} AS INTEGER) AS cadence_touches,
    CAST({channels} AS INTEGER) AS cadence_channels,
    {engaged} AS is_engaged,
    -- outcomes within the horizon, for leads at least that old
    w.handoff_at + $horizon <= $as_of AS is_mature,
    coalesce(w.outcome = 'won', false) AND ($is_win_undated OR coalesce(w.closed_at <= w.handoff_at + $horizon, false))
        AS is_won_in_horizon,
    (w.has_opportunity AND ($is_opportunity_undated OR coalesce(w.opportunity_at <= w.handoff_at + $horizon, false)))
        OR (coalesce(w.outcome = 'won', false)
            AND ($is_win_undated OR coalesce(w.closed_at <= w.handoff_at + $horizon, false))) AS is_opportunity_in_horizon,
    -- happened, but nothing says when: neither inside the horizon nor outside
    coalesce(w.outcome = 'won', false) AND w.closed_at IS NULL AS is_win_day_unknown,
    w.has_opportunity AND w.opportunity_at IS NULL AS is_opportunity_day_unknown, -- a win implies its opportunity
    -- so far, by as_of
    w.has_opportunity,
    w.outcome
FROM walked AS w
{cadence_join}
