"""Questions in the light of those before them."""
