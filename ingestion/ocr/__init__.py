"""Reads words from pictures of pages. Knows pictures and two engines, nothing of PDF or of documents."""
