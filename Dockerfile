# The product as a container: no root, nothing written outside /data and /tmp, so a read-only root file system works.
FROM python:3.12-slim-bookworm AS build
RUN python -m venv /opt/paywall
WORKDIR /src
COPY requirements.lock pyproject.toml README.md ./
# The lock holds the test tools too; the image takes from it only what the product itself needs.
RUN /opt/paywall/bin/pip install --no-cache-dir uv==0.13.9
COPY paywall paywall
COPY templates templates
COPY migrations migrations
RUN /opt/paywall/bin/uv pip install --python /opt/paywall/bin/python --no-cache --constraint requirements.lock '.[server]' \
 && /opt/paywall/bin/pip uninstall --yes uv

FROM python:3.12-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin paywall \
 && install --directory --owner=paywall --group=paywall /data
COPY --from=build /opt/paywall /opt/paywall
ENV PATH=/opt/paywall/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001
WORKDIR /data
VOLUME ["/data", "/tmp"]
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["paywall"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
