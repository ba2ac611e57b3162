"""What all pages share: the frame, controls, cards, drawers, charts, the cache and the server."""
