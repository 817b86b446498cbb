"""Many files at once: stored, read by the worker, proposed as rows of one table, and confirmed by a person."""
