"""The thesaurus as data: a file a trade, a line a concept."""
