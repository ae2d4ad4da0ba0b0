# A static binary in an image with nothing else in it.
FROM rust:1.95-alpine AS build
# Alpine keeps one version of a package: a pin would break at its next release.
# hadolint ignore=DL3018
RUN apk add --no-cache musl-dev
WORKDIR /src
COPY . .
RUN cargo build --release --locked && cp target/release/caveat /caveat

FROM scratch
COPY --from=build /caveat /usr/local/bin/caveat
COPY LICENSE-MIT LICENSE-APACHE /licenses/
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/usr/local/bin/caveat"]
CMD ["check"]
