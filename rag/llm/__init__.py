"""Talking to a language model: the client, the prompts, the failures."""
