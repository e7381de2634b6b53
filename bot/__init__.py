"""Encore: recognition for customer-service teams, in Slack."""
