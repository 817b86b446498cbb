"""For whoever runs it: is the process alive, is it ready, what does it count."""
