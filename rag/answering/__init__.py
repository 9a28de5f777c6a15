"""From passages to an answer: extractive or generative, or a refusal."""
