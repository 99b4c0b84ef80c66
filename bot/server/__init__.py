"""The running program: Rasa and the custom actions in one process, the contract channel for integrations, the page and its channel for people."""
