"""The bench's judge: every frame on air against the world's truth. It knows nothing of the daemon."""
