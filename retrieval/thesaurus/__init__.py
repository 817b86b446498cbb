"""The thesaurus, read by ``retrieval.lexicon_files``: a file a trade, a line a concept.

Not yet reviewed by a second person.

English forms, a tab, Chinese forms; forms between `` / ``, the usual one first. All forms of a line may stand for one
another in a question; a form with several meanings stands in several lines. Script conversion is automatic.
"""
