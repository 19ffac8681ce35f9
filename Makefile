# The index of what can be done here; the work itself is in install.sh, .ci/ and Benchmarks/.
.PHONY: help build run test e2e lint check bench fuzz install dist clean

help: ## this list
	@sed -n 's/^\([a-z0-9]*\):.*## /\1\t/p' Makefile | expand -t 10
build: ## build the program: .build/release/brook
	@./install.sh --build
run: ## run it for you alone on 127.0.0.1:8080 (see ./install.sh --help)
	@./install.sh --local
test: ## every test; installs what it needs
	@.ci/unit && .ci/e2e
e2e: ## the tests through real nginx, spawn-fcgi and clients
	@.ci/e2e
lint: ## formatting and the rules that no compiler checks
	@.ci/lint
check: ## all that must hold before a change is merged
	@.ci/run
bench: build ## measure against nginx alone, and write Benchmarks/RESULTS.md
	@./install.sh --packages --test && Benchmarks/run
fuzz: ## fuzz what reads foreign bytes, each target for `seconds` (300)
	@Tests/Fuzzing/run $(or $(seconds),300)
install: ## install for the whole system: see ./install.sh --help
	@./install.sh
dist: ## a tarball with the program, for hosts without Swift: dist/
	@./install.sh --dist
clean: ## remove what was built; databases in .local stay
	@rm -rf .build .build-fuzzing .venv .venv-agents dist
