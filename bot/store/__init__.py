"""The only SQL. Functions take a session first; none commits."""
