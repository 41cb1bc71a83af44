# What people type every day. `make check` is what a change must pass.
.PHONY: run test check soak bench

run: ## the playground on http://127.0.0.1:8080
	go run ./cmd/evangelist

test: ## with nothing installed but Go
	go test ./...

check: ## format, vet, lint, tests, race detector
	@test -z "$$(git ls-files '*.go' | xargs gofmt -l)" || { git ls-files '*.go' | xargs gofmt -l; exit 1; }
	go vet ./...
	golangci-lint run ./...
	go test -race ./...

soak: ## all zones and transitions, longer random runs
	EVANGELIST_SOAK=1 go test -timeout 60m ./bot/... ./digests/... ./storage/... ./cmd/...

bench: ## see docs/benchmarks.md for how to read it
	go test -run '^$$' -bench . -benchmem ./...
