"""Can the numbers be trusted? The audit of the export: each fault, its leads, and what repairing it would change."""
