"""The hosted set-up: what deploy/ says of itself, and the same processes with the same settings on this machine."""
