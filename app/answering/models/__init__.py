"""A served language model as composers ask it: addresses, limits, health, and a reply that comes piece by piece."""
