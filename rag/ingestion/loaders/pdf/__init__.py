"""PDF: its text layer, put back into paragraphs, a form feed at each page break."""

from rag.ingestion.loaders.pdf.reading import read_pdf

__all__ = ["read_pdf"]
