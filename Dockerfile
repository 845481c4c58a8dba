# The pages' styles and scripts are built once; the running image has no Node.
FROM node:22-slim AS pages
WORKDIR /pressrun
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY service/web/assets service/web/assets
RUN npm run build

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PATH=/pressrun/.venv/bin:$PATH PRESSRUN_VAR_DIR=/pressrun/var
WORKDIR /pressrun
RUN useradd --create-home --uid 10001 pressrun && install -d -o pressrun var
COPY requirements.lock ./
RUN python -m venv .venv && pip install --require-hashes --no-deps -r requirements.lock
COPY pyproject.toml README.md ./
COPY service service
COPY workers workers
COPY templates templates
COPY --from=pages /pressrun/service/web/static service/web/static
RUN pip install --no-deps --no-build-isolation --no-index --editable . && python -m service.cli.translations
USER pressrun
VOLUME /pressrun/var
EXPOSE 8025 8026
CMD ["granian", "--interface", "wsgi", "--http", "1", "--no-ws", "--host", "0.0.0.0", "--port", "8025", "--blocking-threads", "8", "service.wsgi:app"]
