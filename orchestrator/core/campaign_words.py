"""An update in words: for its last line, for who looks at it meanwhile, and for the history."""

from __future__ import annotations

from orchestrator.core.campaign import Campaign, CampaignState, Entry, EntryState
from orchestrator.core.history import LAST_LINES

_STATES: dict[CampaignState, str] = {
    "beginning": "begins",
    "running": "goes on",
    "stopping": "is being stopped",
    "stopped": "was stopped",
    "failed": "failed",
    "done": "is done",
}
# Of an entry, in the order to read them.
_ENTRIES: dict[EntryState, str] = {
    "updated": "updated",
    "updating": "under way",
    "returning": "on the way back",
    "failed": "failed",
    "skipped": "with nothing to do",
    "left": "left (suspended)",
    "waiting": "not touched",
}


def told(campaign: Campaign) -> str:
    """How many customers came how far. While it goes on, it says so."""
    state = f" {_STATES[campaign.state]}" if campaign.active else ""
    return f"{campaign.kind} {campaign.number}{state}: {_counted(campaign)}"


def happened(campaign: Campaign) -> str:
    """`told`, with the state in any case: an event."""
    return f"{campaign.kind} {campaign.number} {_STATES[campaign.state]}: {_counted(campaign)}"


def went_wrong(entry: Entry) -> str:
    """One that failed, with its last log lines; or one that is on the way back, without them:
    they come with its failing."""
    if entry.state == "failed":
        return f"failed: {entry.reason}"
    return f"goes back to {entry.before}: {entry.reason.split(LAST_LINES)[0]}"


def _counted(campaign: Campaign) -> str:
    words = dict(_ENTRIES)
    if campaign.kind == "rollback":
        words["updated"] = "brought back"
    if campaign.active and campaign.state != "stopping":
        words["waiting"] = "to go"
    counts = {word: len(campaign.of(state)) for state, word in words.items()}
    parts = [f"{number} {word}" for word, number in counts.items() if number]
    if campaign.pinned:
        parts.append(f"{len(campaign.pinned)} with an image of their own left alone")
    why = f" ({campaign.reason})" if campaign.reason else ""
    return f"{', '.join(parts) or 'nobody'}{why}"
