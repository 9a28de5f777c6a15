"""The endpoint: what other programs ask, as OpenAI's clients do under `/v1`, or under `/api`."""
