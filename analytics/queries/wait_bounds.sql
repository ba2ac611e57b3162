-- Grain: one row per pair of best and worst working wait, with counts. A bare date may stand for any second of its day:
-- best = handed off at the end of it, touched at its start; worst the other way round. Zone: naive UTC.
-- NULL wait cannot occur: every stamp lies inside the calendar's slots.
-- The day of a stamp is that of the import's zone; a touch on the day of its handoff is stored as the handoff's second.
WITH days AS (
    SELECT
        c.is_touched,
        l.handoff_at,
        l.handoff_is_date,
        l.first_touch_at,
        l.first_touch_is_date,
        date_trunc('day', {local_handoff}) + INTERVAL 1 DAY AS day_after_handoff,
        date_trunc('day', {local_touch}) + INTERVAL 1 DAY AS day_after_touch
    FROM {cohort} AS c JOIN {leads} AS l USING (lead_no)
    WHERE NOT c.is_touched_before
), spans AS (
    SELECT
        is_touched,
        handoff_at,
        CASE WHEN handoff_is_date THEN {handoff_day_end} - INTERVAL 1 SECOND ELSE handoff_at END AS handoff_latest,
        coalesce(first_touch_at, $as_of) AS touch_at,
        CASE WHEN first_touch_is_date THEN {touch_day_end} - INTERVAL 1 SECOND ELSE coalesce(first_touch_at, $as_of) END
            AS touch_latest
    FROM days
), seconds AS (
    SELECT
        is_touched,
        date_diff('second', TIMESTAMP '1970-01-01', handoff_at) AS h0,
        date_diff('second', TIMESTAMP '1970-01-01', least(handoff_latest, touch_latest)) AS h1,
        date_diff('second', TIMESTAMP '1970-01-01', touch_at) AS t0,
        date_diff('second', TIMESTAMP '1970-01-01', least(touch_latest, $as_of)) AS t1
    FROM spans
)
SELECT
    s.is_touched,
    greatest(0, (b0.base + b0.slope * (s.t0 - b0.slot * $slot_seconds)) - (a1.base + a1.slope * (s.h1 - a1.slot * $slot_seconds)))
        AS best,
    greatest(0, (b1.base + b1.slope * (s.t1 - b1.slot * $slot_seconds)) - (a0.base + a0.slope * (s.h0 - a0.slot * $slot_seconds)))
        AS worst,
    count(*) AS leads
FROM seconds AS s
LEFT JOIN {slots} AS a0 ON a0.slot = s.h0 // $slot_seconds
LEFT JOIN {slots} AS a1 ON a1.slot = s.h1 // $slot_seconds
LEFT JOIN {slots} AS b0 ON b0.slot = s.t0 // $slot_seconds
LEFT JOIN {slots} AS b1 ON b1.slot = s.t1 // $slot_seconds
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
