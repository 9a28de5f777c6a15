"""What a run says: on a terminal, as a page, as JUnit XML."""
