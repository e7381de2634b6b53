"""Awards become points: within the month's budget of the site, or they wait for another month; or they are taken back.

A budget is an account of the site, a unit of its own for each month, like what people may give: two awards at once
cannot both have the last of it, and nothing of it rolls over.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, NamedTuple

from sqlmodel import Session

from bot.domain import earning as domain
from bot.domain.earning import Line, Standing, State
from bot.domain.ledger import ISSUER, SINK, AccountName, Deed, Unit, person, transfer
from bot.domain.periods import Period, PeriodKind, period_of, zone
from bot.domain.programme import Programme
from bot.services import owing
from bot.services import programme as programmes
from bot.store import earning as store
from bot.store import ledger, merging, people
from bot.store.earning import New
from bot.store.people import SiteRecord

ACTOR: Final = "programme"
EARN: Final = "earn"
"""The ledger's kind of an award; `earn.corrected` takes one back."""

RELEASED_AT_ONCE: Final = 200
"""So many awards that waited one transaction issues: well under 200 ms, so that no command waits."""


class Back(NamedTuple):
    """An award that is to be taken back; the line says what the figure is now."""

    standing: Standing
    line: Line


@dataclass(slots=True)
class _Budget:
    """What is left of a site's budget of this month."""

    site_id: int
    month: Period
    per_head: int
    account: AccountName
    brought: AccountName
    """An account whose balance is what the month has brought in all."""
    left: int
    whole: int
    """What the month has brought until now."""
    queue: bool
    """Whether others wait already: nobody passes them by."""
    counted: bool = False

    @property
    def next_month(self) -> date:
        """When there is another one."""
        return date(self.month.last.year + self.month.last.month // 12, self.month.last.month % 12 + 1, 1)

    def take(self, session: Session, at: datetime, amount: int) -> int | None:
        """Return how much an award takes of it, None where it must wait.

        One that is larger than the whole of a month takes that: it would wait for ever. So would what waits where
        nobody works any more: it takes nothing.
        """
        if self.queue:
            return None
        if amount > self.left and not self.counted:
            self._count(session, at)
        enough = amount <= self.left or self.left == self.whole
        if not enough:
            self.queue = True
            return None
        taken = min(amount, self.left)
        self.left -= taken
        return taken

    def _count(self, session: Session, at: datetime) -> None:
        """Bring in what this month's heads bring: whoever comes during the month brings more."""
        self.counted = True
        whole = self.per_head * store.count_heads(session, self.site_id, self.month.first, self.month.last)
        more = whole - self.whole
        if more > 0:
            sides = [side for to in (self.account, self.brought) for side in transfer(to.unit, more, source=ISSUER, target=to.owner)]  # fmt: skip
            key = f"{self.account.unit}:{self.account.owner}:{whole}"
            ledger.append(session, at, Deed(key, "budget", ACTOR, tuple(sides), {"whole": whole}))
            self.left += more
            self.whole = whole


class _Issued(NamedTuple):
    """An award for which there is room, and what it takes of a budget."""

    key: str
    person_id: int
    line: Line
    budget: _Budget | None
    taken: int

    def deed(self) -> Deed:
        """Return what the ledger is to do."""
        to, line, budget = person(self.person_id), self.line, self.budget
        postings = [*transfer(line.unit, line.amount, source=ISSUER, target=to)]
        if budget is not None and self.taken:
            postings += transfer(budget.account.unit, self.taken, source=budget.account.owner, target=SINK)
        request = {"to": to, "unit": line.unit, "amount": line.amount}
        reason = _reason(line if line.state is State.ISSUED else replace(line, state=State.ISSUED))
        return Deed(self.key, EARN, ACTOR, tuple(postings), request, reason)


def carry_out(session: Session, at: datetime, wanted: Sequence[New], unwanted: Sequence[Back]) -> None:
    """Issue awards, or let them wait, and take others back, in one transaction.

    RefusedError where somebody of them was just merged into somebody else: then nothing is done.
    """
    sites = {new.site_id for new in wanted} | {standing.site_id for standing, _ in unwanted}
    people_ids = {new.person_id for new in wanted} | {back.standing.person_id for back in unwanted}
    if not people_ids:
        return
    merging.hold(session, people_ids)
    accounts = [AccountName(person(new.person_id), new.line.unit) for new in wanted]
    accounts += [AccountName(person(back.standing.person_id), back.standing.unit) for back in unwanted]
    accounts += [account for back in unwanted for account in owing.accounts_of(session, back.standing.key)]
    budgets = _take(session, at, sites, people_ids, accounts)
    # What waited may have been issued until their accounts were taken.
    states = store.find_states(session, [back.standing.id for back in unwanted]) if unwanted else {}
    for standing, line in unwanted:
        if states[standing.id] == State.WAITING or _took_back(session, at, standing, line):
            store.take_back(session, at, standing.id, line)
    _issue(session, at, wanted, budgets)


def waiting_sites(session: Session, _at: datetime) -> list[int]:
    """Return the sites of which awards wait."""
    return store.list_waiting_sites(session)


def release(session: Session, at: datetime, site_id: int) -> bool:
    """Issue awards of a site that wait, in their order, as far as this month's budget goes; whether more may follow."""
    found = store.list_waiting(session, site_id, RELEASED_AT_ONCE)
    people_ids = {waiting.standing.person_id for waiting in found}
    merging.hold(session, people_ids)
    accounts = [AccountName(person(w.standing.person_id), w.standing.unit) for w in found]
    budget = _take(session, at, {site_id}, people_ids, accounts).get(site_id)
    # Somebody else may have issued some of them, until their accounts were taken.
    still = {waiting.standing.id for waiting in store.list_waiting(session, site_id, RELEASED_AT_ONCE)}
    if budget is not None:
        budget.queue = False
    issued: list[tuple[_Issued, int]] = []
    missing = False
    for standing, line in (waiting for waiting in found if waiting.standing.id in still):
        taken = 0 if budget is None else budget.take(session, at, standing.amount)
        if taken is None:
            missing = True
            break
        issued.append((_Issued(standing.key, standing.person_id, line, budget, taken), standing.id))
    _append(session, at, [one for one, _ in issued])
    store.issue(session, at, [number for _, number in issued])
    if missing and budget is not None:
        today = at.astimezone(zone(_sites(session)[site_id].zone)).date()
        store.wait_on(session, at, site_id, today, budget.next_month)
    return not missing and len(found) == RELEASED_AT_ONCE


def _took_back(session: Session, at: datetime, standing: Standing, line: Line) -> bool:
    """Take an award back in the ledger; False where an admin has done so by hand: then it keeps its place."""
    taken = owing.take_back(
        session, at, key=f"{standing.key}:back", of=standing.key, actor=ACTOR, reason=_reason(line),
        kind="earn.corrected",
    )  # fmt: skip
    return taken is not None


def _issue(session: Session, at: datetime, wanted: Sequence[New], budgets: Mapping[int, _Budget]) -> None:
    """Issue awards within the budgets, one after the other; those for which there is no room wait."""
    made, issued = [], []
    for new in wanted:
        budget = budgets.get(new.site_id) if new.line.unit == Unit.POINTS else None
        taken = 0 if budget is None else budget.take(session, at, new.line.amount)
        if taken is not None:
            made.append(new)
            issued.append(_Issued(new.key, new.person_id, new.line, budget, taken))
        elif budget is not None:
            made.append(new._replace(line=replace(new.line, state=State.WAITING, waits_until=budget.next_month)))
    _append(session, at, issued)
    store.add(session, at, made)


def _append(session: Session, at: datetime, issued: Sequence[_Issued]) -> None:
    """Write awards into the ledger, and let whoever owes pay of them."""
    if not issued:
        return
    ledger.append_all(session, at, [one.deed() for one in issued])
    owing_people = owing.list_owing(session, {one.person_id for one in issued})
    for one in issued:
        if one.person_id in owing_people:
            owing.pay(session, at, one.person_id, key=one.key)


def _take(
    session: Session, at: datetime, site_ids: Iterable[int], people_ids: Iterable[int], accounts: Sequence[AccountName]
) -> dict[int, _Budget]:
    """Take every account that is needed, in the one order, and return the budgets of the sites that have one."""
    programme, sites = programmes.current(session, at), _sites(session)
    limited = {site_id: found for site_id in site_ids if (found := _limit(programme, sites[site_id], at)) is not None}
    debts = owing.accounts(session, *people_ids)
    both = [account for _, _, *pair in limited.values() for account in pair]
    balances = ledger.hold(session, [*accounts, *debts, *both])
    return {
        site_id: _Budget(
            site_id, month, per_head, account, brought, balances[account], balances[brought],
            store.has_waiting(session, site_id),
        )
        for site_id, (month, per_head, account, brought) in limited.items()
    }  # fmt: skip


def _limit(programme: Programme, site: SiteRecord, at: datetime) -> tuple[Period, int, AccountName, AccountName] | None:
    per_head = programme.budget.per_head(site.name)
    if per_head is None:
        return None
    month = period_of(PeriodKind.MONTH, at.astimezone(zone(site.zone)).date())
    owner, name = f"site:{site.id}", f"{month.first:%Y-%m}"
    return month, per_head, AccountName(owner, f"budget:{name}"), AccountName(owner, f"budgeted:{name}")


def _sites(session: Session) -> Mapping[int, SiteRecord]:
    return {site.id: site for site in people.list_sites(session)}


def _reason(line: Line) -> str:
    return domain.reason(line, domain.days_words(line), domain.value_words(line))
