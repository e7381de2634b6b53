"""A small Slack on this machine: enough of Slack for unchanged Slack libraries to connect, post and answer, with a page."""
