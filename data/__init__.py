"""Sample exports with their stories, and the seeded generator that writes them; imports nothing of the product."""
