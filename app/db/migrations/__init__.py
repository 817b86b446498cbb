"""The history of the schema; ``upgrade`` runs it at start."""
