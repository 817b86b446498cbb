"""The one door to the assistant: chat, API and command line ask here, and nowhere else."""
