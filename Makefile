# Every command does its own set-up: a machine needs git, rustup, Node 20 or newer, and make. What is installed comes from
# crates.io, npm and, for a browser, the system's packages; tools are shared by all clones and kept out of your own PATH.

PORT ?= 8787
SETTINGS := CORE_URL CORE_DIALECT CORE_AUTH CORE_TOKEN CORE_TIMEOUT_MS CORE_REDIRECT RETRY_DELAYS_S SIGNING_KEY DEFAULT_DIALECT \
  FORM_CACHE

# What a command for leads and dead letters is given.
GIVEN := FORM FORMAT STATUS SPAM FROM TO ID ALL EMAIL YES

CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/formgate
WORKER_BUILD_VERSION := 0.8.7
# The tool must be of the very version the crate has.
WASM_BINDGEN_VERSION := $(shell awk '/^name = "wasm-bindgen"$$/ { getline; gsub(/[^0-9.]/, ""); print }' Cargo.lock)
WORKER_BUILD := $(CACHE)/worker-build-$(WORKER_BUILD_VERSION)/bin/worker-build
WASM_BINDGEN := $(CACHE)/wasm-bindgen-cli-$(WASM_BINDGEN_VERSION)/bin/wasm-bindgen
CARGO_FUZZ_VERSION := 0.13.2
CARGO_FUZZ := $(CACHE)/cargo-fuzz-$(CARGO_FUZZ_VERSION)/bin/cargo-fuzz
FUZZ_S ?= 600
NODE := $(shell node tools/node.mjs)
PUBLISH := target/debug/publish
LEADS := target/debug/leads
# The two tools run for a second at a time, so they are compiled without optimisation: a third of the CPU time.
INSTALL := CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
  cargo install --locked --quiet
PACKAGES := node_modules/.package-lock.json
WRANGLER := $(NODE) node_modules/wrangler/bin/wrangler.js
LOCKED := $(if $(CI),--locked)

ifeq ($(NODE),)
$(error Node 20.19 or newer is needed (see above))
endif

# Without these three worker-build downloads its tools from places that may be closed.
export WASM_BINDGEN_BIN := $(WASM_BINDGEN)
export WASM_OPT_BIN := $(CURDIR)/node_modules/.bin/wasm-opt
export ESBUILD_BIN := $(CURDIR)/node_modules/.bin/esbuild

# Without it a request ends inside the isolate as soon as its visitor is gone: nothing is logged or delivered, what it held in
# memory is never given back, and its idempotency key waits until it counts as given up. With it the platform lets the request
# run on for 30 seconds.
export RUN_TO_COMPLETION := 1

# worker-build keeps the names of functions, an eighth of the upload; a panic says its file and line without them. The
# features are those it allows itself, so that nothing is written that workerd does not read yet.
WASM_FEATURES := $(addprefix --enable-,mutable-globals sign-ext nontrapping-float-to-int bulk-memory multivalue \
  reference-types exception-handling)

# wrangler speaks to nobody but the account it deploys to.
export WRANGLER_SEND_METRICS := false
export WRANGLER_SEND_ERROR_REPORTS := false
export WRANGLER_HIDE_BANNER := true
export CLOUDFLARE_CF_FETCH_ENABLED := false

# What is given on the command line arrives as typed, in the environment: make would expand a `$` in it, a shell more.
$(foreach setting,$(SETTINGS) $(GIVEN),$(if $(filter command,$(origin $(setting))),\
  $(eval export override $(setting) := $$(value $(setting)))))
export PORT REMOTE DEMO
# The names of all that is given on the command line, so that a command can refuse what it does not take.
export GIVEN_TO_MAKE := $(foreach name,$(filter-out -*,$(.VARIABLES)),$(if $(filter command,$(origin $(name))),$(name)))

# rustup's own folder, in case this shell is older than it.
export PATH := $(PATH):$(HOME)/.cargo/bin

.PHONY: dev build seed inbox lead export find forget dead-letters dead-letter redrive deploy wrangler check fuzz bench sim test test-native test-worker test-www toolchain clean

dev: build $(PUBLISH)
	@$(NODE) tools/dev.mjs

build: build/index.js

# The tables and the forms (forms/*.json) of this machine; with REMOTE=1 the forms of the account, without the demo forms unless
# DEMO=1 (make deploy has the account's tables).
seed: $(PACKAGES) $(NODE) $(PUBLISH)
	@$(NODE) tools/seed.mjs

# The leads of the inbox, the newest first; as all that follows of the account with REMOTE=1. FORM, STATUS (new, done), SPAM (yes,
# no), FROM and TO (days or moments in UTC) select.
inbox: $(LEADS) $(PACKAGES) $(NODE)
	@$(NODE) tools/leads.mjs inbox

# One lead whole (ID=); with STATUS=new or STATUS=done it gets that status first.
lead: $(LEADS) $(PACKAGES) $(NODE)
	@$(NODE) tools/leads.mjs lead

# The leads of a form, selected as for inbox: make export FORM=demo FORMAT=jsonl STATUS=new > leads.jsonl; FORMAT is csv, jsonl
# or xlsx, and csv unless given. Nothing else is printed to stdout.
export: $(LEADS) $(PACKAGES) $(NODE)
	@$(NODE) tools/leads.mjs export

# The leads and dead letters with an e-mail address (EMAIL=).
find: $(LEADS) $(PACKAGES) $(NODE)
	@$(NODE) tools/leads.mjs find

# Deletes them, with YES=1.
forget: $(LEADS) $(PACKAGES) $(NODE)
	@$(NODE) tools/leads.mjs forget

# Leads that were acknowledged and that nobody took, with the reason.
dead-letters: $(LEADS) $(PACKAGES) $(NODE)
	@$(NODE) tools/leads.mjs dead-letters

# One of them whole (ID=), with the lead.
dead-letter: $(LEADS) $(PACKAGES) $(NODE)
	@$(NODE) tools/leads.mjs dead-letter

# Sends one of them again (ID=), or all (ALL=1), at the Worker's next round: every five minutes. `make dev` has no rounds;
# there it is `curl http://localhost:8787/cdn-cgi/handler/scheduled`.
redrive: $(LEADS) $(PACKAGES) $(NODE)
	@$(NODE) tools/leads.mjs redrive

# Any other command of the wrangler and the Node that are used here: make wrangler RUN="secret put CORE_TOKEN"
wrangler: $(PACKAGES) $(NODE)
	@$(WRANGLER) $(RUN)

deploy: build
	@$(NODE) tools/size.mjs
ifdef DRY
	@$(WRANGLER) deploy --dry-run --outdir build/upload
else
	@# Those that are there already are left alone; without them the deploy says what is missing.
	@# Fourteen days is the longest a queue keeps what no consumer takes (a broken deploy, say); free accounts have one day.
	@for queue in formgate-outbox formgate-outbox-dead; do \
	  $(WRANGLER) queues create $$queue --message-retention-period-secs 1209600 > /dev/null 2>&1 || \
	  $(WRANGLER) queues create $$queue > /dev/null 2>&1 || true; \
	done
	@$(WRANGLER) deploy
	@$(WRANGLER) d1 migrations apply LEADS --remote
endif

check: toolchain $(PACKAGES) $(NODE)
	cargo fmt --all --check
	cargo clippy $(LOCKED) --workspace --all-targets -- -D warnings
	cargo clippy $(LOCKED) --lib --target wasm32-unknown-unknown -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc $(LOCKED) --workspace --no-deps --document-private-items
	RUSTDOCFLAGS='-D warnings' cargo doc $(LOCKED) --lib --no-deps --document-private-items --target wasm32-unknown-unknown
	$(NODE) tools/audit.mjs
	$(NODE) node_modules/eslint/bin/eslint.js .

test: build $(LEADS) $(PUBLISH)
	@$(NODE) tests/run.mjs native worker www

test-native: toolchain $(NODE)
	@$(NODE) tests/run.mjs native

test-worker: build $(LEADS) $(PUBLISH)
	@$(NODE) tests/run.mjs worker

test-www: build
	@$(NODE) tests/run.mjs www

# FUZZ_S seconds each of looking for an answer of a core that is not understood, and for a form or a submission that does
# harm; needs rustup's nightly.
fuzz: $(CARGO_FUZZ)
	for target in core_response submission; do \
	  (cd tests/fuzz && mkdir -p corpus/$$target && PATH="$(dir $(CARGO_FUZZ)):$$PATH" \
	    cargo +nightly fuzz run --fuzz-dir . $$target corpus/$$target $$(ls -d seeds/$$target 2> /dev/null) -- \
	    -max_total_time=$(FUZZ_S) -max_len=4096 -print_final_stats=1) || exit 1; \
	done

$(CARGO_FUZZ):
	@echo "installing cargo-fuzz $(CARGO_FUZZ_VERSION) (about a minute, once)"
	@cargo install --locked --quiet --root $(CACHE)/cargo-fuzz-$(CARGO_FUZZ_VERSION) cargo-fuzz@$(CARGO_FUZZ_VERSION)

# Validation against its peers: prints ratios and writes build/bench.json (about four minutes to compile, once).
bench: toolchain $(NODE)
	@$(NODE) tools/bench.mjs

# The rate limiter on a simulated KV, and a million leads while everything goes wrong: prints tables and writes build/sim.json
# (about four minutes). SEED=7 replays one run; SCENARIO="5 locations" picks by name, SCENARIO=delivery the leads.
sim: toolchain
	@cargo run $(LOCKED) --quiet --profile sim -p formgate-sim --bin sim-report -- "$(SCENARIO)"

clean:
	rm -rf build target node_modules .wrangler

# Not inside wrangler's [build]: there it would run at every start, silently.
build/index.js: $(shell find src -type f) Cargo.toml Cargo.lock rust-toolchain.toml Makefile | toolchain $(WORKER_BUILD) $(WASM_BINDGEN) $(PACKAGES) $(NODE)
	@echo "building the Worker (about a minute the first time)"
	@$(WORKER_BUILD) --release
	@$(WASM_OPT_BIN) $(WASM_FEATURES) --strip-debug -Oz build/index_bg.wasm -o build/index_bg.wasm
	@touch $@

# Told on stderr, as what is installed below: `make export` has its stdout to itself.
$(PUBLISH) $(LEADS): target/debug/%: $(shell find src -type f) $(wildcard tools/*.rs) Cargo.toml Cargo.lock rust-toolchain.toml | toolchain
	@echo "building tools/$*.rs (about half a minute the first time)" >&2
	@cargo build $(LOCKED) --quiet --bin $*
	@touch $@

toolchain:
	@command -v rustup > /dev/null || { echo "rustup is needed: see https://rustup.rs" >&2; exit 1; }
	@[ -d "$$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib" ] || rustup target add wasm32-unknown-unknown

$(WORKER_BUILD):
	@echo "installing worker-build $(WORKER_BUILD_VERSION) (about 1.5 minutes, once)"
	@$(INSTALL) --bin worker-build --root $(CACHE)/worker-build-$(WORKER_BUILD_VERSION) worker-build@$(WORKER_BUILD_VERSION)

$(WASM_BINDGEN):
	@[ -n "$(WASM_BINDGEN_VERSION)" ] || { echo "Cargo.lock names no wasm-bindgen" >&2; exit 1; }
	@echo "installing wasm-bindgen-cli $(WASM_BINDGEN_VERSION) (about a minute, once)"
	@$(INSTALL) --bin wasm-bindgen --root $(CACHE)/wasm-bindgen-cli-$(WASM_BINDGEN_VERSION) wasm-bindgen-cli@$(WASM_BINDGEN_VERSION)

$(CACHE)/node-%:
	@node tools/node.mjs --install > /dev/null

$(PACKAGES): package.json package-lock.json .npmrc
	@echo "installing the npm packages (about 15 seconds)" >&2
	@npm ci --loglevel=error >&2
	@touch $@
