"""Staff accounts, their roles in institutions, and their logins."""
