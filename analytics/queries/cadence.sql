-- Grain: one row per accepted lead with touches. Human touches from handoff to the end of the cadence window, at most
-- as_of; an undated touch counts whole. Zone: naive UTC. NULL channel: the export does not say.
SELECT e.lead_no, CAST(sum(e.touches) AS INTEGER) AS touches, count(DISTINCT e.channel) AS channels
FROM (
    -- one row per event: a touch listed twice, at the same second over the same channel, is one touch; a column of bare
    -- dates, and undated counts, cannot tell two touches from one listed twice: they add up
    SELECT t.lead_no, t.channel, CASE WHEN {has_time} THEN max(t.touches) ELSE sum(t.touches) END AS touches
    FROM {touches} AS t
    JOIN (
        SELECT lead_no, handoff_at, coalesce(accepted_at, handoff_at) + $cadence_window AS cadence_end
        FROM {leads}
        WHERE (disposition = 'accepted' OR has_opportunity OR outcome = 'won')
            AND handoff_at >= $starts_at AND handoff_at < $ends_at
    ) AS a USING (lead_no)
    WHERE t.is_human AND (t.touched_at IS NULL OR (t.touched_at >= a.handoff_at AND t.touched_at <= a.cadence_end))
    GROUP BY t.lead_no, t.touched_at, t.channel
) AS e
GROUP BY e.lead_no
