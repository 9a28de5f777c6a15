"""What is measured now and then, and not shipped."""
