# The emulator as an image: see docs/how-to/run-a-container.md.
#
#   docker build -t kili-emulator .
#   docker run --rm -p 127.0.0.1:5454:5454 kili-emulator

ARG PYTHON=3.12
FROM python:${PYTHON}-slim AS build
# The SDK that plugins run with, as a requirement: --build-arg SDK=kili==2.150.1
ARG SDK=kili
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY emulator emulator
COPY seed_data seed_data
RUN python -m venv /opt/kili-emulator \
    && /opt/kili-emulator/bin/pip install --no-cache-dir . "${SDK}"

FROM python:${PYTHON}-slim
COPY --from=build /opt/kili-emulator /opt/kili-emulator
RUN useradd --uid 10001 --create-home kili \
    && install --directory --owner kili --mode 0700 /data
ENV PATH=/opt/kili-emulator/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    KILI_EMULATOR_HOST=0.0.0.0 \
    KILI_EMULATOR_PORT=5454 \
    KILI_EMULATOR_DATA_DIR=/data
USER kili
WORKDIR /home/kili
VOLUME /data
EXPOSE 5454
HEALTHCHECK --interval=2s --timeout=5s --start-period=30s --retries=5 \
    CMD ["python", "-c", "import os, urllib.request as r; r.build_opener(r.ProxyHandler({})).open('http://127.0.0.1:' + os.environ['KILI_EMULATOR_PORT'] + '/health', timeout=4)"]
ENTRYPOINT ["kili-emulator"]
CMD ["start"]
