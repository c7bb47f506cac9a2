# The two that everyone needs: make run, make test.

SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT   := $(shell git rev-parse --short HEAD 2>/dev/null || echo unknown)
LDFLAGS  := -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT)
PAGE     := $(shell find web/src web/public web/index.html web/vite.config.ts web/tsconfig.json web/package-lock.json -type f 2>/dev/null)
FUZZTIME ?= 1m
BENCH    ?= .
ARGS     ?=

export CGO_ENABLED ?= 0

.PHONY: help run build test lint bench fuzz generate golden clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

run: build ## build the program and serve the page; ARGS="--addr 127.0.0.1:9000"
	@bin/convnet serve $(ARGS)

build: web/dist/index.html ## build bin/convnet with the page in it
	go build -tags ui -trimpath -ldflags '$(LDFLAGS)' -o bin/convnet ./cmd/convnet

web/node_modules/.installed: web/package-lock.json
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/index.html: web/node_modules/.installed $(PAGE)
	cd web && npm run --silent build
	@touch $@

test: build ## install what the tests need and run all of them
	gofmt -l $$(git ls-files '*.go') | (! grep .)
	go vet ./...
	GOARCH=arm64 go build ./...
	go test -timeout 10m ./...
	CONVNET_CPU=avx2 go test -count=1 ./graph/... ./zoo/...
	CONVNET_CPU=generic go test -count=1 ./graph/... ./zoo/...
	go test -tags noasm ./internal/kernel/... ./graph/... ./index/...
	cd web && npm run --silent check
	@command -v chromium >/dev/null || web/e2e/install-chromium
	cd web && npm run --silent e2e

lint: ## look for what the compiler does not see
	go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0 run ./...

bench: build ## measure kernels, search and networks; BENCH=Tile for some
	go test -run '^$$' -bench '$(BENCH)' ./internal/kernel/... ./index/... ./preprocess/...
	bin/convnet bench --model efficientnet-lite0 --batch 1,8
	bin/convnet bench --model efficientnet-lite2 --batch 1,8

fuzz: ## run every fuzz target for FUZZTIME each
	@for package in $$(git grep -l '^func Fuzz' -- '*_test.go' | xargs -n1 dirname | sort -u); do \
		for target in $$(grep -ho '^func Fuzz[A-Za-z0-9]*' $$package/*_test.go | cut -c6-); do \
			echo "$$package $$target"; \
			go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./$$package; \
		done; \
	done

generate: web/node_modules/.installed ## write assembly, OpenAPI and TypeScript client anew
	go generate ./internal/kernel
	go test ./internal/api -run '^TestTheDescriptionIsTheGoldenOne$$' -update
	cd web && npm run --silent generate

golden: ## make the goldens anew with the reference programs (needs Python)
	tools/oracle/run

clean: ## remove what was built
	rm -rf bin web/dist web/node_modules
