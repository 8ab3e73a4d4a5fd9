# prodworks as an image: docker run --rm -v "$PWD:/repo:ro" prodworks audit .
# Pin the base by digest where you build it; a tag moves.
FROM python:3.12-slim AS build
WORKDIR /source
COPY . .
RUN python -m pip wheel --no-cache-dir --disable-pip-version-check --wheel-dir /wheels .

FROM python:3.12-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* \
    # The mounted repository belongs to somebody else. No hook, filter or fsmonitor of it is ever run.
    && git config --system --add safe.directory '*' \
    && useradd --system --uid 10001 --no-create-home --home-dir /nonexistent prodworks
COPY --from=build /wheels /wheels
RUN python -m pip install --no-cache-dir --no-index --find-links /wheels prodworks && rm -rf /wheels
USER 10001
WORKDIR /repo
ENTRYPOINT ["prodworks"]
CMD ["audit", "."]
