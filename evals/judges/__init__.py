"""Who judges answers: citations by the evidence, correctness by a language model."""
