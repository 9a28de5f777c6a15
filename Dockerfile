# Footnote's endpoint, with nothing but its own networks and one volume; see docs/deploy.md.
FROM python:3.11-slim

RUN useradd --create-home --uid 10001 footnote \
    && install --directory --owner=footnote /data
WORKDIR /app

COPY requirements.txt .
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt

COPY pyproject.toml README.md LICENSE ./
COPY rag rag
COPY ui ui
COPY evals evals
COPY vectorstore vectorstore
RUN pip install --no-cache-dir --no-deps .

USER 10001
# FOOTNOTE_API_KEYS is where the keys' hashes are. Two of glibc's arenas: it would keep one for
# each of many threads.
# hadolint ignore=DL3064
ENV FOOTNOTE_STORE=/data/store FOOTNOTE_API_KEYS=/data/keys MALLOC_ARENA_MAX=2
VOLUME /data
EXPOSE 8000
HEALTHCHECK --start-period=30s CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/readyz')"]
ENTRYPOINT ["footnote"]
CMD ["serve", "--host", "0.0.0.0"]
