-- Grain: one row per customer of the snapshot: a won opportunity, or a won lead where it carries no opportunity id. The
-- row stands at the earliest lead of the customer (by handoff, then order of the file), so each customer belongs to one
-- lead, one month and one source whatever is selected. Zone: none, no stamp is cut to a day.
-- NULL amount: no lead of the customer carries one; where its leads disagree, the largest counts.
WITH won AS (
    SELECT
        l.lead_no,
        l.handoff_at,
        l.amount,
        coalesce(CAST(l.source AS VARCHAR), '') AS source,
        CASE WHEN l.opportunity_id IS NULL THEN 'lead ' || l.lead_no ELSE 'id ' || l.opportunity_id END AS customer
    FROM {leads} AS l
    WHERE l.outcome = 'won' AND l.handoff_at IS NOT NULL
), placed AS (
    SELECT w.lead_no, w.customer, row_number() OVER (PARTITION BY w.customer ORDER BY w.handoff_at, w.lead_no) AS turn
    FROM won AS w
), summed AS (
    SELECT w.customer, count(DISTINCT w.source) AS sources, max(w.amount) AS amount
    FROM won AS w
    GROUP BY w.customer
)
SELECT p.lead_no, s.sources, s.amount
FROM placed AS p
JOIN summed AS s USING (customer)
WHERE p.turn = 1
