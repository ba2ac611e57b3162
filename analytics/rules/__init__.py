"""A small language for picking leads, such as ``phone missing and source webinar``: read by us, never run as code."""
