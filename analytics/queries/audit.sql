-- Grain: one row per lead of the snapshot with a clock start. Zone: naive UTC; midnight is that of the file's zone.
-- What the whole file says of a lead, for the audit: flags only, never NULL.
WITH l AS NOT MATERIALIZED (
    SELECT * FROM {leads} WHERE handoff_at IS NOT NULL
), crowded_handoff AS (
    SELECT {handoff_moment} AS moment FROM l GROUP BY 1 HAVING count(*) >= $crowd_handoff
), crowded_acceptance AS (
    SELECT {accepted_moment} AS moment FROM l WHERE accepted_at IS NOT NULL GROUP BY 1 HAVING count(*) >= $crowd_accepted
), crowded_rejection AS (
    SELECT {rejected_moment} AS moment FROM l WHERE rejected_at IS NOT NULL GROUP BY 1 HAVING count(*) >= $crowd_rejected
), shared AS (
    SELECT opportunity_id FROM l WHERE opportunity_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1
), repeated_deal AS (
    SELECT lead_no
    FROM (
        SELECT lead_no, row_number() OVER (PARTITION BY opportunity_id ORDER BY handoff_at, lead_no) AS turn
        FROM l WHERE opportunity_id IN (SELECT opportunity_id FROM shared)
    )
    WHERE turn > 1
), deals AS (
    -- the opportunities of people who stand in the file more than once
    SELECT contact_key, lead_no, opportunity_id, opportunity_at, closed_at
    FROM l
    WHERE opportunity_at IS NOT NULL
        AND contact_key IN (SELECT contact_key FROM l WHERE lead_no IN (SELECT lead_no FROM {repeats}))
), in_open_deal AS (
    SELECT DISTINCT l.lead_no
    FROM l
    JOIN deals AS d ON d.contact_key = l.contact_key AND d.lead_no <> l.lead_no
    WHERE d.opportunity_at < l.handoff_at
        AND (d.closed_at IS NULL OR d.closed_at > l.handoff_at)
        AND (d.opportunity_id IS NULL OR l.opportunity_id IS NULL OR d.opportunity_id <> l.opportunity_id)
), earliest AS (
    {earliest}
)
SELECT
    l.lead_no,
    e.moment AS earliest_touch_at,
    NOT l.handoff_is_date AND {handoff_moment} IN (SELECT moment FROM crowded_handoff) AS is_crowded_handoff,
    coalesce({accepted_moment} IN (SELECT moment FROM crowded_acceptance), false)
        OR coalesce({rejected_moment} IN (SELECT moment FROM crowded_rejection), false) AS is_crowded_decision,
    coalesce({midnight_accepted}, false) OR coalesce({midnight_rejected}, false) AS is_midnight_decision,
    coalesce({midnight_stage}, false) AS is_midnight_stage,
    $is_touch_exact AS is_touch_exact, -- both stamps of the pair are written to the second
    $is_opening_exact AS is_opening_exact,
    $is_accepted_exact AS is_accepted_exact,
    $is_opportunity_exact AS is_opportunity_exact,
    $is_closed_exact AS is_closed_exact,
    {touched_early} AS is_touched_early,
    coalesce(l.owner IN (SELECT owner FROM silent_owners), false) AS is_silent_owner,
    coalesce(l.lead_no IN (SELECT lead_no FROM {repeats}), false) AS is_repeated_contact,
    coalesce(l.lead_no IN (SELECT lead_no FROM repeated_deal), false) AS is_repeated_opportunity,
    coalesce(l.lead_no IN (SELECT lead_no FROM in_open_deal), false) AS is_in_open_opportunity,
    $is_hundred_scale AS is_hundred_scale,
    coalesce(CAST(l.score AS DOUBLE) = $modal_score, false) AND $is_constant_score AS is_constant_score,
    {score_at} AS score_at,
    {before_handoff} AS is_before_handoff,
    l.has_company AND (l.has_email OR l.has_phone) AS is_complete,
    coalesce(l.source IN (SELECT source FROM unknown_sources), false) AS is_unknown_source,
    coalesce(l.owner IN (SELECT owner FROM queue_owners), false) AS is_queue_owner
FROM l
LEFT JOIN earliest AS e USING (lead_no)
{score_join}
