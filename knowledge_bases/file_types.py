"""The endings of files that can be ingested. What a file really is, its content decides, not its name."""

from __future__ import annotations

FILE_TYPES = (
    *(".pdf", ".docx", ".docm", ".dotx", ".xlsx", ".xlsm", ".xltx", ".pptx", ".pptm", ".potx", ".ppsx"),
    *(".html", ".htm", ".xhtml", ".md", ".markdown", ".txt", ".text", ".csv", ".tsv", ".eml"),
)
