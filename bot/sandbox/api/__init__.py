"""Slack's Web API as the sandbox speaks it: one file per family of methods, one table of them all."""
