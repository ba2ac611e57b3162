"""The import page, one noun per module: the desk (state), what is shown in each step, and the shelf of snapshots."""
