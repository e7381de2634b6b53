"""What is known of Slack workspaces."""

from sqlmodel import Session, col, select

from bot.store import tables


def remember_classic(session: Session, workspace_id: str) -> None:
    """Remember that a workspace refused the blocks of 2026."""
    session.merge(tables.Workspace(id=workspace_id, classic=True))
    session.flush()


def list_classic(session: Session) -> set[str]:
    """Return the workspaces that get the classic form."""
    return set(session.exec(select(tables.Workspace.id).where(col(tables.Workspace.classic).is_(True))))
