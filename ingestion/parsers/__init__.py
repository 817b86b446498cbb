"""Bytes to parsed documents. One module a format; ``registry`` finds every module that declares ``FORMAT``.

To add a format, add one file here with a ``parse(source) -> list[Element]`` and a ``FORMAT`` that names it.
"""
