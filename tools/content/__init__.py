"""The parts of the content check (`tools/content_check.py`): what is read, what is asked of it, and what is said about it."""
