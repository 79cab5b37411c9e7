# MEG in one container on its embedded engines: drop folder, workers, web page.
FROM python:3.12-slim-bookworm

ENV PYTHONUNBUFFERED=1 UV_PROJECT_ENVIRONMENT=/opt/meg/.venv UV_COMPILE_BYTECODE=1
WORKDIR /opt/meg
RUN pip install --no-cache-dir uv==0.13.9

# Dependencies first: they change less often than the code.
COPY pyproject.toml uv.lock README.md ./
RUN uv sync --frozen --no-dev --no-install-project
COPY domain domain
COPY db db
COPY ingest ingest
COPY matching matching
COPY archive archive
COPY search search
COPY config config
COPY api api
RUN uv sync --frozen --no-dev --no-editable

RUN useradd --create-home meg && install -d -o meg -g meg /data
USER meg
ENV PATH=/opt/meg/.venv/bin:$PATH MEG_DATA=/data
VOLUME /data
EXPOSE 8642

HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD \
  ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8642/healthz')"]
CMD ["meg", "run"]
