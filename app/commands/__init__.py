"""The commands of ``candour``, one file a family; ``app.cli`` puts them together."""

STOPPED = 130  # the exit status after Ctrl-C, as a shell says of what SIGINT ended
