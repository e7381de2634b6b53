"""The gate through which everything for the app leaves: faults are let happen here, and every exchange is recorded."""

import time
from typing import Any

from bot.sandbox.delivery import Delivery, DeliveryError, Kind, Parcel
from bot.sandbox.faults import Faults
from bot.sandbox.model import Json
from bot.sandbox.record import Record
from bot.sandbox.workspace import Workspace

Outcome = Json | DeliveryError


class Gateway:
    """Delivers payloads to the app over `way`. `ack_seconds` is how long the app has to acknowledge, in real seconds."""

    def __init__(self, workspace: Workspace, way: Delivery, faults: Faults, record: Record, ack_seconds: float) -> None:
        self.way = way
        self._workspace = workspace
        self._faults = faults
        self._record = record
        self._ack_seconds = ack_seconds

    async def deliver(self, kind: Kind, title: str, payload: Json) -> list[Outcome]:
        """Deliver something a person did, once or as often as a fault wants; returns each acknowledgement or failure."""
        return [await self._try(Parcel(kind, payload), title) for _ in range(self.take_copies())]

    async def send(self, parcel: Parcel, title: str) -> Json:
        """Deliver one parcel and return its acknowledgement, {} for nothing. Raises DeliveryError."""
        outcome = await self._try(parcel, title)
        if isinstance(outcome, DeliveryError):
            raise outcome
        return outcome

    def take_copies(self) -> int:
        """Return how often the next delivery is to be made."""
        return self._faults.take_copies()

    async def _try(self, parcel: Parcel, title: str) -> Outcome:
        if not self._workspace.installed and parcel.kind != "events_api":
            # Of an app that is gone Slack has nothing left to send to; its last events are on their way already.
            return DeliveryError("dispatch_failed", final=True)
        parcel = Parcel(parcel.kind, parcel.payload, parcel.attempt, parcel.reason, self._faults.take_spoil())
        began = time.perf_counter()
        outcome: Outcome
        try:
            outcome = await self.way.send(parcel, self._ack_seconds)
        except DeliveryError as error:
            outcome = error
        self._note(parcel, title, outcome, (time.perf_counter() - began) * 1_000)
        return outcome

    def _note(self, parcel: Parcel, title: str, outcome: Outcome, milliseconds: float) -> None:
        failed = isinstance(outcome, DeliveryError)
        answer: Any = None if failed else outcome
        words = [str(outcome) if failed else "acknowledged"]
        words += [f"repeat {parcel.attempt}: {parcel.reason}"] if parcel.attempt else []
        words += [parcel.spoiled.replace("_", " ")] if parcel.spoiled else []
        self._record.note(
            self._workspace.clock.now(), "to the app", title, parcel.payload, answer,
            outcome=", ".join(words), went_well=not failed, milliseconds=milliseconds,
        )  # fmt: skip
