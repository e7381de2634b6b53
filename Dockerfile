# Encore with its data in /data; a volume there keeps it. compose.yaml runs it with PostgreSQL instead.

FROM python:3.13-slim AS build
WORKDIR /app
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_NO_CACHE=1 UV_PYTHON_DOWNLOADS=never
# The dependencies change less often than the code, so they are a layer of their own.
COPY pyproject.toml uv.lock ./
RUN pip install --no-cache-dir --root-user-action=ignore \
      "uv==$(sed -n '/^name = "uv"$/{n;s/^version = "\(.*\)"$/\1/p}' uv.lock)" \
 && uv sync --frozen --no-dev --no-install-project
COPY README.md manifest.yml ./
COPY bot ./bot
RUN uv sync --frozen --no-dev --no-editable

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home encore \
 && install --directory --owner=encore --group=encore --mode=700 /data
COPY --from=build /app/.venv /app/.venv
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 \
    ENCORE_HOST=0.0.0.0 ENCORE_PORT=3000 ENCORE_DATABASE_URL=sqlite:////data/encore.sqlite3
USER encore
WORKDIR /data
VOLUME /data
EXPOSE 3000
# Python's own client, since the image has no curl; it takes no proxy from the environment.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "-c", \
  "import http.client as h; c = h.HTTPConnection('127.0.0.1', 3000, timeout=4); c.request('GET', '/health'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["encore"]
CMD ["serve"]
