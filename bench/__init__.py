"""Ratios against a named ceiling measured in the same run. `python -m bench [NAME ...]`."""
