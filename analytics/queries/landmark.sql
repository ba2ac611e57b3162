-- Grain: one row per lead of the cohort. Zone: naive UTC, the working calendar is the contract's.
-- landmark_age: seconds of wall time from the handoff to the moment its first-touch limit ran out on the working clock.
-- NULL landmark_age means "not timed, or the limit had not run out by as_of"; is_out_of_hours is never NULL.
WITH ends AS (
    -- working time only rises inside open slots, by a whole slot each: of all slots that begin at one working time the
    -- last is the open one, and W reaches any time up to the next base inside it and nowhere earlier
    SELECT base, max(slot) AS slot FROM {slots} GROUP BY base
), aimed AS (
    SELECT
        c.lead_no,
        date_diff('second', TIMESTAMP '1970-01-01', c.handoff_at) AS handoff_second,
        -- W at which the limit runs out; W(handoff) is W(as_of) less the working time since
        CASE WHEN NOT c.is_touched_before AND c.working_follow_up >= c.limit_seconds
             THEN $as_of_work - c.working_follow_up + c.limit_seconds END AS target
    FROM {cohort} AS c
)
SELECT
    a.lead_no,
    e.slot * $slot_seconds + (a.target - e.base) - a.handoff_second AS landmark_age,
    coalesce(h.slope = 0, false) AS is_out_of_hours
FROM aimed AS a
LEFT JOIN ends AS e ON e.base = (a.target - 1) // $slot_seconds * $slot_seconds
LEFT JOIN {slots} AS h ON h.slot = a.handoff_second // $slot_seconds
