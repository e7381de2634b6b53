"""One function is one deed in one transaction: load, decide, append, and queue what must be said.

Each takes a session first, and the moment as `at` (aware UTC); each returns values of the domain.
"""
