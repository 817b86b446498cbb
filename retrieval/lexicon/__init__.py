"""Word lists, read by ``retrieval.lexicon_files``: from Hong Kong usage, not yet reviewed by a second person.

cantonese.yaml   spoken Cantonese -> written Chinese, and phrases that ask without naming a thing
mainland.yaml    the Mainland's words -> Hong Kong's, and such phrases
english.yaml     everyday English -> the English of documents, and such phrases
terms_*.yaml     groups of equals: English terms beside their Chinese ones, by sector
"""
