"""Tools around the assistant: nothing in here is needed to run it."""
