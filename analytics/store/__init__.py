"""Snapshots and records: what is written to disk, and nothing else."""
