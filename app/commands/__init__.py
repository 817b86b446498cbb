"""The commands of ``candour``, one file a family; ``app.cli`` puts them together."""
