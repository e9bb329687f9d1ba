# The portal in a container: packages checked by their hashes, static files built in, no root, nothing written but /data.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /portal

COPY requirements/base.txt requirements/
RUN pip install --require-hashes --requirement requirements/base.txt

COPY . .

# What an image holds once for all: the catalogues and the static files. The key of this step signs nothing.
ENV STATIC_ROOT=/portal/static-built
RUN python bin/catalogue.py compile \
    && SECRET_KEY=only-to-collect-the-static-files-when-the-image-is-built python manage.py collectstatic --no-input \
    && useradd --system --uid 10001 --no-create-home portal \
    && mkdir --parents /data/tmp && chown --recursive portal: /data

USER portal
VOLUME /data
# What is sent waits there to be examined: /tmp is in memory, where a film would be too.
ENV DATA_DIR=/data \
    TMPDIR=/data/tmp \
    BIND_ADDRESS=0.0.0.0 \
    PORT=8000
EXPOSE 8000

HEALTHCHECK --interval=15s --timeout=5s --start-period=20s CMD ["python", "bin/healthcheck.py"]
CMD ["gunicorn", "--config", "config/gunicorn.py"]
