-- Grain: one row per lead of the snapshot. Zone: none, no stamp is read.
-- account: the lead's company as a number: its account id, else the company's name with case and blanks folded, else the
-- lead itself. contact: the person as a number: the contact key, else the lead itself. Never NULL.
-- Numbers are 64-bit hashes, so that a million names need no table of names; two of a million meet once in 40 million.
SELECT
    l.lead_no,
    CASE
        WHEN l.account_id IS NOT NULL THEN hash('id ' || l.account_id)
        WHEN l.name <> '' THEN hash('name ' || l.name)
        ELSE hash('lead ' || l.lead_no)
    END AS account,
    CASE WHEN l.contact_key IS NOT NULL THEN hash('key ' || l.contact_key) ELSE hash('lead ' || l.lead_no) END AS contact,
    l.account_id IS NOT NULL OR coalesce(l.name <> '', false) AS has_account
FROM (SELECT *, lower(translate(company, {blanks}, '')) AS name FROM {leads} WHERE handoff_at IS NOT NULL) AS l
