"""Every table, so that importing this package is enough to know them all."""

from sqlmodel import SQLModel

from bot.store.tables.adjustments import Adjustment
from bot.store.tables.coaching import Coaching
from bot.store.tables.disputes import Dispute
from bot.store.tables.earning import Award, EarningDue
from bot.store.tables.facts import FactBefore, Feedback, Import, Interaction, Presence, Shift
from bot.store.tables.figures import Board, BoardRow, DayStat, SiteStat
from bot.store.tables.ledger import Account, Entry, Text, Txn
from bot.store.tables.people import (
    Alias,
    Attribution,
    Identity,
    Membership,
    Person,
    Preference,
    RoleGrant,
    Site,
    SlackIdentity,
    StaleHome,
    Team,
)
from bot.store.tables.pots import Pot, PotPart
from bot.store.tables.praise import Praise, PraiseReceiver
from bot.store.tables.rewards import Redemption
from bot.store.tables.shell import Audit, Cursor, JobRun, Outbox, ProgrammeVersion, Seen, Workspace

METADATA = SQLModel.metadata

__all__ = [
    "METADATA", "Account", "Adjustment", "Alias", "Attribution", "Audit", "Award", "Board", "BoardRow", "Coaching", "Cursor", "DayStat", "Dispute", "EarningDue", "Entry", "FactBefore", "Feedback",
    "Identity", "Import", "Interaction", "JobRun", "Membership", "Outbox", "Person", "Pot", "PotPart", "Praise", "PraiseReceiver", "Preference", "Presence",
    "ProgrammeVersion", "Redemption", "RoleGrant", "Seen", "Shift", "Site", "SiteStat", "SlackIdentity", "StaleHome", "Team", "Text", "Txn", "Workspace",
]  # fmt: skip
