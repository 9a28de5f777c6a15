"""From a model's text to statements with exact citations: parsing, attribution, groundedness."""
