"""Everything of Handoff that has no screen: import, storage, counting, statistics, sentences, figures."""
