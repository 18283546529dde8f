# The two commands a newcomer needs are "make demo" and "make test". Both need Go, gcc and git, and fetch the rest.

GO      ?= go
TOOLS   := $(CURDIR)/build/tools
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
BUILD   := $(GO) build -trimpath -ldflags "-s -w -X main.version=$(VERSION)"

.PHONY: demo run build test bench lint generate codes clean

build: bin/mailassay

bin/mailassay: FORCE
	CGO_ENABLED=0 $(BUILD) -o $@ ./cmd/mailassay

FORCE:

# demo starts DNS and the service on loopback, calls every method, and ends.
demo: bin/mailassay
	./bin/mailassay demo

# run starts the service on 127.0.0.1:50051, with the system's resolvers.
run: bin/mailassay
	./bin/mailassay serve

test:
	$(GO) vet ./...
	$(GO) test ./...

# The module of its own that pins the build tools keeps the service's own dependencies few.
$(TOOLS)/.built: .ci/tools/go.mod .ci/tools/go.sum
	mkdir -p $(TOOLS)
	cd .ci/tools && $(GO) build -o $(TOOLS)/ tool
	touch $@

lint: $(TOOLS)/.built
	test -z "$$(gofmt -l cmd proto resolver service)" || { gofmt -l cmd proto resolver service; exit 1; }
	$(GO) vet ./...
	$(TOOLS)/staticcheck ./...
	$(TOOLS)/buf lint
	$(TOOLS)/buf format --diff --exit-code

generate: $(TOOLS)/.built
	PATH="$(TOOLS):$$PATH" $(TOOLS)/buf generate --template proto/buf.gen.yaml
	$(TOOLS)/buf build --output proto/mailassay/v1/descriptors.binpb
	$(GO) run ./cmd/mailassay codes --format markdown > build/CODES.md
	mv build/CODES.md service/CODES.md

# bench prints each figure beside its limit, both from one run.
bench:
	cd service/spf/bench && $(GO) run .
	$(GO) test -run '^$$' -bench 'Cold|Warm' ./service/
	$(GO) test -run '^$$' -bench . ./service/dkim/ ./service/sender/
	$(GO) test -run '^$$' -bench Cache ./resolver/
	bash .ci/world bench

clean:
	rm -rf bin build
