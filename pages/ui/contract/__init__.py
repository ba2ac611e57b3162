"""The parts of the contract page: both sides, the definition, the numbers, the signatures."""
