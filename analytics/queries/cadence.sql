-- Grain: one row per accepted lead with touches. Human touches from handoff to the end of the cadence window, at most
-- as_of; an undated touch counts whole. Zone: naive UTC. NULL channel: the export does not say.
-- Channels are counted as far as the contract asks ("at least two" needs no third).
SELECT t.lead_no, CAST(sum(t.touches) AS INTEGER) AS touches, {channels} AS channels
FROM {touches} AS t
JOIN (
    SELECT lead_no, handoff_at, coalesce(accepted_at, handoff_at) + $cadence_window AS cadence_end
    FROM {leads}
    WHERE (disposition = 'accepted' OR has_opportunity OR outcome = 'won')
        AND handoff_at >= $starts_at AND handoff_at < $ends_at
) AS a USING (lead_no)
WHERE t.is_human AND (t.touched_at IS NULL OR (t.touched_at >= a.handoff_at AND t.touched_at <= a.cadence_end))
GROUP BY t.lead_no
