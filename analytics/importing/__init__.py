"""From files to an immutable snapshot: read, map, clean, join, store."""
