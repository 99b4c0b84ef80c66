"""What the assistant knows and says: loads `content/` into plain objects, once a process. No rules and no words in here."""

from bot.content.load import Content, ContentError, load_content

__all__ = ["Content", "ContentError", "load_content"]
