"""From what was read in a page's picture to the same items that a page with text has. Used by ``pdf`` alone."""
