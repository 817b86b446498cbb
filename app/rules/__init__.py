"""The rulebook in the database: approved versions, proposed changes, and which version binds whom on which day."""
