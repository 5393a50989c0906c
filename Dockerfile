# rdbscope in a container: docker build -t rdbscope . ; docker run --rm --read-only --tmpfs /tmp -v "$PWD:/data" rdbscope summary dump.rdb
# What each step does is tried by test/servers/dockerfile.servers.ts, without Docker.
FROM node:22 AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run -s build && npm prune --omit=dev --no-audit --no-fund && rm -rf node_modules/@duckdb

FROM node:22-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /src/package.json /src/LICENSE ./
COPY --from=build /src/bin ./bin
COPY --from=build /src/dist ./dist
COPY --from=build /src/node_modules ./node_modules
RUN ln -s /app/bin/rdbscope.js /usr/local/bin/rdbscope
USER 10001:10001
WORKDIR /data
ENTRYPOINT ["rdbscope"]
