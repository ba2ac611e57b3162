-- Grain: one row per audited lead, at most $size of them. Zone: naive UTC.
-- NULL source means that the export does not say; such leads are a source of their own. Answers are letters: y yes,
-- n no, l later than the horizon, p pending (younger than the horizon), u happened on an unknown day.
-- Leads at least one horizon old come first, younger ones fill what is left; in each of the two the places are shared
-- among the sources by largest remainder, in whole numbers.
WITH candidates AS (
    SELECT c.lead_no, c.is_mature, c.handoff_at, l.source
    FROM {cohort} AS c
    JOIN {leads} AS l USING (lead_no)
), strata AS (
    SELECT is_mature, source, count(*) AS leads FROM candidates GROUP BY 1, 2
), totals AS (
    SELECT
        count(*) FILTER (WHERE is_mature) AS mature,
        count(*) FILTER (WHERE NOT is_mature) AS young,
        least(CAST($size AS BIGINT), count(*) FILTER (WHERE is_mature)) AS mature_places
    FROM candidates
), phases AS (
    SELECT true AS is_mature, mature AS leads, mature_places AS places FROM totals
    UNION ALL
    SELECT false, young, least(CAST($size AS BIGINT) - mature_places, young) FROM totals
), quotas AS (
    SELECT
        s.is_mature,
        s.source,
        s.leads,
        p.places AS of_phase,
        (s.leads * p.places) // p.leads AS whole,
        (s.leads * p.places) % p.leads AS remainder
    FROM strata AS s
    JOIN phases AS p USING (is_mature)
), seated AS (
    SELECT
        q.is_mature,
        q.source,
        q.leads,
        q.whole + CASE WHEN row_number() OVER (
            PARTITION BY q.is_mature ORDER BY q.remainder DESC, q.leads DESC, q.source NULLS LAST
        ) <= q.of_phase - sum(q.whole) OVER (PARTITION BY q.is_mature) THEN 1 ELSE 0 END AS places
    FROM quotas AS q
), turns AS (
    -- of mature leads the latest handoff first, of younger ones the oldest, which comes next to mature
    SELECT
        c.lead_no,
        c.is_mature,
        c.source,
        row_number() OVER (
            PARTITION BY c.is_mature, c.source
            ORDER BY CASE WHEN c.is_mature THEN -epoch_us(c.handoff_at) ELSE epoch_us(c.handoff_at) END, c.lead_no
        ) AS turn
    FROM candidates AS c
), chosen AS (
    SELECT t.lead_no, s.leads AS of_source
    FROM turns AS t
    JOIN seated AS s ON s.is_mature = t.is_mature AND s.source IS NOT DISTINCT FROM t.source
    WHERE t.turn <= s.places
)
SELECT
    c.lead_no,
    l.lead_id,
    l.source,
    c.handoff_at,
    c.is_mature,
    totals.mature AS mature_leads,
    totals.young AS young_leads,
    (SELECT count(DISTINCT coalesce(source, '')) FROM strata) AS sources,
    CASE
        WHEN NOT c.is_mature THEN 'p'
        WHEN l.responded_at <= c.handoff_at + $horizon THEN 'y'
        WHEN l.responded_at IS NOT NULL THEN 'l'
        ELSE 'n'
    END AS response,
    CASE
        WHEN NOT c.is_mature THEN 'p'
        WHEN l.meeting_at <= c.handoff_at + $horizon THEN 'y'
        WHEN l.meeting_at IS NOT NULL THEN 'l'
        ELSE 'n'
    END AS meeting,
    CASE
        WHEN NOT c.is_mature THEN 'p'
        WHEN c.is_won_in_horizon THEN 'y'
        WHEN c.is_win_day_unknown THEN 'u'
        WHEN coalesce(c.outcome = 'won', false) THEN 'l'
        ELSE 'n'
    END AS close{answers}
FROM chosen
JOIN {cohort} AS c USING (lead_no)
JOIN {leads} AS l USING (lead_no)
CROSS JOIN totals
ORDER BY
    c.is_mature DESC,
    CASE WHEN c.is_mature THEN -epoch_us(c.handoff_at) ELSE epoch_us(c.handoff_at) END,
    c.lead_no
