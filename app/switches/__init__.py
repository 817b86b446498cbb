"""Kill switches, and how the answers on a topic are released."""
