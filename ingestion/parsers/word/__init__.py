"""What Word shows but does not write into its paragraphs: automatic numbers and footnotes. Used by ``docx`` alone."""
