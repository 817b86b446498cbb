FROM python:3.11-slim-bookworm
RUN useradd --create-home --uid 10001 candour && mkdir /data && chown candour /data
WORKDIR /srv/candour
COPY . .
RUN bash scripts/setup.sh
ENV PATH="/srv/candour/.venv/bin:$PATH" HF_HUB_OFFLINE=1
USER candour
EXPOSE 8000
CMD ["candour", "serve"]
