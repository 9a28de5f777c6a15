"""The verifier: says whether cited sentences bear out a statement, and which words they do not."""
