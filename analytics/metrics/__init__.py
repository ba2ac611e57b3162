"""The catalog of lead sets and rates, and the composer of the queries that count them."""
