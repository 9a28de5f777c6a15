"""Training of Footnote's reader, a small encoder that finds an answer's span or says there is none.

Nothing here is needed to use Footnote; the README beside this file has the whole way from data to
the shipped file.
"""
