"""What an answer rested on, and the chain that proves the log is whole."""
