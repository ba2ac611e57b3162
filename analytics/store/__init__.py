"""Snapshots and, later, records: what is written to disk, and nothing else."""
