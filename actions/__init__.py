"""Rasa actions: from the tracker to `bot.dialogue` and back. No rule of the meldcode and no words in here."""
