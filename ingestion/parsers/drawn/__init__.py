"""From glyphs on pages to elements: lines, tables, running titles, reading order, paragraphs. Used by ``pdf`` alone."""
