"""Every question's road, made of LlamaIndex's parts: retriever, synthesizer, query engine.

Importing what is in here imports LlamaIndex, which takes a second.
"""
