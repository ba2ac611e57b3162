"""Every named set of leads, one file per view."""
