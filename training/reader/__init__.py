"""The reader: finds an answer's span in a passage, or says that there is none."""
