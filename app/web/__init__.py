"""What every page shares: headers, templates, texts in three languages, the widget and the demo page."""
