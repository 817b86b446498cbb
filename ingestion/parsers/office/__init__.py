"""What Word, Excel and PowerPoint files share: the guarded container, and how a cell shows its value."""
