# syntax=docker/dockerfile:1
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build

# Only what the server needs to run: no compiler, no tests, no embedded database's build tools.
FROM node:20-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production \
    SANDKUBE_BIND=0.0.0.0 \
    SANDKUBE_DATA_DIR=/data
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm cache clean --force && mkdir /data && chown node:node /data
COPY --from=build /app/dist dist
COPY prisma prisma
USER node
VOLUME /data
EXPOSE 6443
# The plain port listens on loopback only, which is where this asks.
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=12 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/readyz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
CMD ["node", "--enable-source-maps", "dist/apps/server/src/main.js"]
