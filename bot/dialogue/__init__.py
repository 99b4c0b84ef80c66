"""One turn of the conversation without Rasa: what a message changes, what is asked next, and what is said. `actions/` calls this."""
