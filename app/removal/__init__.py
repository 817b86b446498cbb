"""What is taken away for good, and the receipt for it: withdrawn words, discarded drafts, old snapshots, orphans."""
