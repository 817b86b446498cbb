"""How an answer is made: ``quoting`` from verbatim spans alone, ``generating`` by a served model."""
