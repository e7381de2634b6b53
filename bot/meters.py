"""What Encore counts of itself, for whoever watches it: numbers of deliveries and their time, never who or what."""

from collections.abc import Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10)


class Meters:
    """The counters of one running Encore."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.deliveries = Counter(
            "encore_deliveries", "What Slack delivered, by what came of it.", ("kind", "name", "outcome"),
            registry=self.registry,
        )  # fmt: skip
        self.seconds = Histogram(
            "encore_answer_seconds", "How long an answer took.", ("kind", "name"), registry=self.registry,
            buckets=_BUCKETS,
        )  # fmt: skip
        self._outbox = Gauge(
            "encore_outbox_messages", "Messages for Slack, by where they are.", ("status",), registry=self.registry
        )

    def outbox(self, counts: Mapping[str, int]) -> None:
        """Take down how many messages are where."""
        for status, count in counts.items():
            self._outbox.labels(status).set(count)
