"""Training of Footnote's two small networks, the reader and the verifier.

Nothing here is needed to use Footnote; the README beside this file has the whole way from data to
the shipped files. What both share stands in this folder, what is one's own in a folder of its name.
"""
