# What people run. `make` alone lists it.

DEMO_FLAGS ?= --steps 50000 --patience 50

CARGO ?= cargo
TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)
# tests that cannot run write their names and reasons to it: tests/skips/mod.rs
SKIPPED := $(TARGET_DIR)/tmp/skipped.txt
say = @printf '\n== %s\n'

# cargo shares its own jobs; those of `make -j` it could not reach
unexport MAKEFLAGS MFLAGS
.NOTPARALLEL:
.DEFAULT_GOAL := help

# where `make install` puts gemc; DESTDIR goes before it, and TORCH=no leaves libtorch out
PREFIX ?= /usr/local
DESTDIR ?=
TORCH ?= yes

# seconds that each fuzz target gets, which ones, and the seed of what they try: 0 is another one each time
FUZZ_SECONDS ?= 3600
FUZZ_SEED ?= 0
FUZZ_TARGETS ?=

.PHONY: help demo build setup install uninstall fuzz vscode tree-sitter editors test crate crates clean-torch

help: ## lists these
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: build ## compiles a network from its genome and trains it for about half a minute, on made-up digits
	$(say) 'training sgem_mlp.gem on glyphs'
	$(TARGET_DIR)/release/gemc compile sgem_mlp.gem --train glyphs $(DEMO_FLAGS)

build: setup ## builds target/release/gemc
	$(say) 'building gemc'
	$(CARGO) build --release --locked

$(TARGET_DIR)/release/licences.txt: Cargo.lock scripts/crates.py
	@mkdir -p $(@D)
	@python3 scripts/crates.py --texts $@

install: $(TARGET_DIR)/release/licences.txt ## installs gemc, libtorch, manual and completions below PREFIX [/usr/local]
	@test -x $(TARGET_DIR)/release/gemc-torch || $(MAKE) build
	@python3 scripts/install.py install --prefix '$(PREFIX)' --destdir '$(DESTDIR)' --torch $(TORCH) --built $(TARGET_DIR)/release

uninstall: ## removes what `make install` put below PREFIX, and nothing else
	@python3 scripts/install.py uninstall --prefix '$(PREFIX)' --destdir '$(DESTDIR)'

fuzz: setup ## lets each fuzz target look for inputs that do harm, for FUZZ_SECONDS [3600]
	$(say) 'fuzzing'
	@python3 tests/fuzz/fuzz.py --seconds $(FUZZ_SECONDS) --seed $(FUZZ_SEED) $(FUZZ_TARGETS)

vscode: ## builds the extension for VS Code, editors/vscode/gemc.vsix; needs npm
	@cd editors/vscode && npm install --no-audit --no-fund && npm test && npm run package

tree-sitter: ## makes the parser of editors/tree-sitter-gem out of its grammar, and tests it; needs node
	@cd editors/tree-sitter-gem && $(CARGO) run --quiet --locked --bin generate && $(CARGO) test --quiet --locked

setup: ## puts libtorch in .libtorch (0.5 GB to download), unless LIBTORCH or LIBTORCH_USE_PYTORCH is set
	@command -v python3 >/dev/null || { echo 'setup: this machine lacks python3: the Debian package python3' >&2; exit 3; }
	@python3 scripts/setup_libtorch.py

# Clippy and doc share what `check` leaves, and no step changes RUSTFLAGS or the profile: later steps compile gemc again, and
# few crates besides (some have other features without torch). With torch first: its C++, the longest part, compiles while
# the other crates do. Unit tests and those of the documentation are compiled
# once, with torch: the code that they test is the same without it.
test: setup crate $(TARGET_DIR)/setup-script.ok $(TARGET_DIR)/bench-script.ok $(TARGET_DIR)/install-script.ok crates editors ## everything a change must pass
	@if [ -s '$(SKIPPED)' ]; then \
		printf '\n== tests that did not run, or not in full\n'; \
		LC_ALL=C sort -u '$(SKIPPED)' | sed 's/^/skipped: /'; \
	fi
	$(say) 'all good'

crate:
	@rm -f '$(SKIPPED)'
	$(say) 'format'
	$(CARGO) fmt --check
	$(say) 'lints, with torch'
	$(CARGO) clippy --locked --all-targets -- -D warnings
	$(say) 'lints, without torch'
	$(CARGO) clippy --locked --all-targets --no-default-features --features cli -- -D warnings
	$(say) 'lints, for a library user'
	$(CARGO) clippy --locked --lib --no-default-features -- -D warnings
	$(say) 'tests, without torch'
	$(CARGO) test --locked --no-default-features --features cli --test suite --bins --examples
	$(say) 'tests, with torch'
	$(CARGO) test --locked
	$(say) 'documentation'
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc --locked --no-deps --features unstable

$(TARGET_DIR)/setup-script.ok: scripts/setup_libtorch.py scripts/test_setup_libtorch.py scripts/libtorch-cpu.txt scripts/libtorch-full.txt
	$(say) 'set-up script'
	@python3 scripts/test_setup_libtorch.py
	@touch $@

$(TARGET_DIR)/install-script.ok: scripts/install.py scripts/test_install.py scripts/crates.py scripts/test_crates.py
	$(say) 'scripts that install, and that look at crates'
	@python3 scripts/test_install.py
	@cd scripts && python3 test_crates.py
	@touch $@

crates:
	$(say) 'licences and sources of crates'
	@python3 scripts/crates.py

$(TARGET_DIR)/bench-script.ok: $(wildcard benches/*.py benches/*/*.py)
	$(say) 'comparison script'
	@python3 benches/test_compare.py
	@touch $@

# the parser is that of the grammar, and every word has its colour; half a minute of compiling, once
editors:
	$(say) 'grammars for editors'
	@cd editors/tree-sitter-gem && $(CARGO) test --quiet --locked --target-dir '$(abspath $(TARGET_DIR))/tree-sitter'
	@if command -v npm >/dev/null && (cd editors/vscode && npm install --no-audit --no-fund --silent); then \
		cd editors/vscode && npm test --silent; \
	else \
		echo 'editors/vscode/test (no `npm`, or its packages cannot be had)' >> '$(SKIPPED)'; \
	fi

clean-torch: ## removes the libtorch that setup installed
	@python3 scripts/setup_libtorch.py --remove
