"""Finds what a reader of a document does not see, and words that are meant for a model instead of a reader.

What is hidden is taken out of the text and reported; visible orders to a model stay in the text and are reported.
Not part of any format's text, and so reported only where they give orders: comments, templates, alternative texts,
annotations. Word's deleted revisions, comments, headers and footers are neither text nor reported.
"""
