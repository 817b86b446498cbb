"""The staff console's shell: session, access, headers, layout. The rooms themselves are the nouns' ``pages.py``."""
