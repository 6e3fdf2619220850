"""Words and numbers as a page prints them."""
