"""A question tried on the knowledge base, as the assistant would answer it; nothing is recorded."""
