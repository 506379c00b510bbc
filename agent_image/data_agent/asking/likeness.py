"""When two questions ask the same thing in other words. Pure.

Strict on purpose: every word that carries meaning must be there in both, so that a question about
Bonn is never taken for one about Cologne, nor 2024 for 2025.
"""

from __future__ import annotations

from data_agent.asking.text import tokens

# Words that change the form of a question, never what it asks.
EMPTY_WORDS = frozenset(
    "a an and any are can could did do does for give get has have i in is it know let like list me "
    "much of on our please show shows table tell that the their there this to want was we were "
    "what whats which will with would you your s".split()
)
SAME_WORDS = {
    "sum": "total", "overall": "total", "mean": "average", "avg": "average", "per": "by",
    "each": "by", "every": "by", "number": "count", "many": "count", "biggest": "highest",
    "largest": "highest", "most": "highest", "smallest": "lowest", "least": "lowest",
}  # fmt: skip


def likeness_key(question: str) -> str:
    """Equal for questions that ask the same; empty when nothing in it carries meaning."""
    words = []
    for token in tokens(question):
        if token.quoted:
            words.append(token.text)
        elif token.stem not in EMPTY_WORDS:
            words.append(SAME_WORDS.get(token.stem, token.stem))
    return " ".join(sorted(set(words) - {"how"}))
