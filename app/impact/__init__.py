"""What a version would change: which past answers cited what it changes, and how each would read now."""
