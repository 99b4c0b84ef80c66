"""What the hazard log (docs/gevaren.md) names and no other test guards, the log itself, and the removal of its controls."""
