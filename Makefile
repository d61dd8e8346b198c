# Every command installs what it needs. A machine must have git, rustup, Node 20.19 or newer, and make. Packages come from
# crates.io, npm and, for browsers, the system's packages. Tools are installed in a folder that all clones share, outside PATH.

PORT ?= 8787
SETTINGS := CORE_URL CORE_DIALECT CORE_AUTH CORE_TOKEN CORE_TIMEOUT_MS CORE_REDIRECT RETRY_DELAYS_S SIGNING_KEY \
  SIGNING_KEY_PREVIOUS DEFAULT_DIALECT FORM_CACHE TURNSTILE_SITE_KEY TURNSTILE_SECRET TURNSTILE_VERIFY_URL OWNERS EDITORS VIEWERS \
  JWT_ISSUER JWT_AUDIENCE JWT_JWKS_URL

# Parameters of the commands for leads and dead letters.
GIVEN := FORM FORMAT STATUS SPAM TEST FROM TO ID ALL EMAIL YES

CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/formgate
WORKER_BUILD_VERSION := 0.8.7
# The tool must have exactly the version of the crate.
WASM_BINDGEN_VERSION := $(shell awk '/^name = "wasm-bindgen"$$/ { getline; gsub(/[^0-9.]/, ""); print }' Cargo.lock)
WORKER_BUILD := $(CACHE)/worker-build-$(WORKER_BUILD_VERSION)/bin/worker-build
WASM_BINDGEN := $(CACHE)/wasm-bindgen-cli-$(WASM_BINDGEN_VERSION)/bin/wasm-bindgen
CARGO_FUZZ_VERSION := 0.13.2
CARGO_FUZZ := $(CACHE)/cargo-fuzz-$(CARGO_FUZZ_VERSION)/bin/cargo-fuzz
FUZZ_S ?= 600
FUZZ ?= core_response submission multipart origin proof ticket urlencoded
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

# With these three, worker-build does not download its tools from GitHub, which may be unreachable.
export WASM_BINDGEN_BIN := $(WASM_BINDGEN)
export WASM_OPT_BIN := $(CURDIR)/node_modules/.bin/wasm-opt
export ESBUILD_BIN := $(CURDIR)/tools/worker-build/esbuild

# The names of functions, which would be a third of the upload, go into build/index_bg.symbols, for `make bench`; a panic has its
# file and line without them. The features are those that worker-build enables, so that the output uses only what workerd supports.
# In the order of their names, functions compiled from the same source are neighbours, which gzips 1 % smaller. Functions with one
# caller are not inlined, which is 2 % larger and gzips 3 % smaller. The first 1,024 bytes of the memory are the end of the stack: no
# value is there (`--low-memory-unused`).
WASM_FEATURES := $(addprefix --enable-,mutable-globals sign-ext nontrapping-float-to-int bulk-memory multivalue \
  reference-types exception-handling)

# wrangler connects only to the account that it deploys to.
export WRANGLER_SEND_METRICS := false
export WRANGLER_SEND_ERROR_REPORTS := false
export WRANGLER_HIDE_BANNER := true
export CLOUDFLARE_CF_FETCH_ENABLED := false

# Exports the variables of the command line unexpanded: make would expand a `$` in them, and a shell more.
$(foreach setting,$(SETTINGS) $(GIVEN),$(if $(filter command,$(origin $(setting))),\
  $(eval export override $(setting) := $$(value $(setting)))))
export PORT REMOTE DEMO
# The names of all variables on the command line, so that a command can refuse those that it does not take.
export GIVEN_TO_MAKE := $(foreach name,$(filter-out -*,$(.VARIABLES)),$(if $(filter command,$(origin $(name))),$(name)))

# The folder of rustup, in case this shell was started before rustup was installed.
export PATH := $(PATH):$(HOME)/.cargo/bin

.PHONY: dev build seed inbox lead export spam not-spam spam-report disposable find forget dead-letters dead-letter redrive rejects deploy wrangler check fuzz bench sim test test-native test-worker test-www pictures toolchain clean

dev: build $(PUBLISH)
	@$(NODE) tools/dev.mjs

build: build/index.js build/www/embed.js

# Creates the tables and publishes the forms (forms/*.json) on this machine. With REMOTE=1, publishes the forms to the account,
# without the demo forms unless DEMO=1; `make deploy` creates the tables of the account.
seed: $(PACKAGES) $(NODE) $(PUBLISH)
	@$(NODE) tools/seed.mjs

# Lists the leads of the inbox, newest first. FORM, STATUS (new, done), SPAM (yes: those of the spam folder; all: both), TEST (yes:
# tests; all: both), FROM and TO (days or moments in UTC) select. With REMOTE=1 this and the following commands use the account.
inbox: $(LEADS) $(PACKAGES) $(NODE)
	@$(NODE) tools/leads.mjs inbox

# Prints one lead (ID=) with all its data. With STATUS=new or STATUS=done, sets its status first.
lead: $(LEADS) $(PACKAGES) $(NODE)
	@$(NODE) tools/leads.mjs lead

# Exports the leads of a form, selected as for inbox: make export FORM=demo FORMAT=jsonl STATUS=new > leads.jsonl. FORMAT is csv
# (the default), jsonl or xlsx. Prints only the export to stdout.
export: $(LEADS) $(PACKAGES) $(NODE)
	@$(NODE) tools/leads.mjs export

# Lists the spam folder, newest first (FORM, FROM, TO). With ID=, moves that lead of the inbox into the spam folder.
spam: $(LEADS) $(PACKAGES) $(NODE)
	@$(NODE) tools/leads.mjs spam

# Takes one lead (ID=) out of the spam folder: it is delivered as if it were new at the Worker's next scheduled event.
not-spam: $(LEADS) $(PACKAGES) $(NODE)
	@$(NODE) tools/leads.mjs not-spam

# Prints how many leads show each signal of spam (FORM=), how many of them went into the spam folder, and how many came out again.
spam-report: $(LEADS) $(PACKAGES) $(NODE)
	@$(NODE) tools/leads.mjs spam-report

# Writes src/spam/disposable.bin again, after one of the packages with lists of disposable mail domains was updated.
disposable: $(PACKAGES) $(NODE)
	@$(NODE) tools/disposable.mjs

# Lists the leads and dead letters that contain an e-mail address (EMAIL=).
find: $(LEADS) $(PACKAGES) $(NODE)
	@$(NODE) tools/leads.mjs find

# Deletes the leads and dead letters that contain an e-mail address (EMAIL=); only with YES=1.
forget: $(LEADS) $(PACKAGES) $(NODE)
	@$(NODE) tools/leads.mjs forget

# Lists the dead letters, which are acknowledged leads that could not be delivered, with the reason.
dead-letters: $(LEADS) $(PACKAGES) $(NODE)
	@$(NODE) tools/leads.mjs dead-letters

# Prints one dead letter (ID=) with its lead.
dead-letter: $(LEADS) $(PACKAGES) $(NODE)
	@$(NODE) tools/leads.mjs dead-letter

# Requests that one dead letter (ID=) or all (ALL=1) are sent again at the Worker's next scheduled event, which comes every five
# minutes. `make dev` has no schedule; trigger the event with `curl http://localhost:8787/cdn-cgi/handler/scheduled`.
redrive: $(LEADS) $(PACKAGES) $(NODE)
	@$(NODE) tools/leads.mjs redrive

# Lists the pages that a form (FORM=) was sent from, with the last time, and what was refused on which day, page and for which
# reason. Counts are up to ten seconds old.
rejects: $(LEADS) $(PACKAGES) $(NODE)
	@$(NODE) tools/leads.mjs rejects

# Runs any other command of the pinned wrangler: make wrangler RUN="secret put CORE_TOKEN"
wrangler: $(PACKAGES) $(NODE)
	@$(WRANGLER) $(RUN)

deploy: build
	@$(NODE) tools/size.mjs
ifdef DRY
	@$(WRANGLER) deploy --dry-run --outdir build/upload
else
	@# Existing queues are left unchanged; if creating one fails, the deploy reports the missing queue.
	@# A queue keeps messages without a consumer (after a broken deploy, say) for at most 14 days; on free accounts for one day.
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
	$(NODE) tools/lint-openapi.mjs
	$(NODE) node_modules/eslint/bin/eslint.js .

test: build $(LEADS) $(PUBLISH)
	@$(NODE) tests/run.mjs native worker www

test-native: toolchain $(NODE)
	@$(NODE) tests/run.mjs native

test-worker: build $(LEADS) $(PUBLISH)
	@$(NODE) tests/run.mjs worker

test-www: build $(PUBLISH)
	@$(NODE) tests/run.mjs www

# Fuzzes the parsers of what comes from outside, and forms with submissions, for FUZZ_S seconds each; needs rustup's nightly toolchain.
fuzz: $(CARGO_FUZZ)
	for target in $(FUZZ); do \
	  (cd tests/fuzz && mkdir -p corpus/$$target && PATH="$(dir $(CARGO_FUZZ)):$$PATH" \
	    cargo +nightly fuzz run --fuzz-dir . $$target corpus/$$target $$(ls -d seeds/$$target 2> /dev/null) -- \
	    -max_total_time=$(FUZZ_S) -max_len=4096 -print_final_stats=1) || exit 1; \
	done

$(CARGO_FUZZ):
	@echo "installing cargo-fuzz $(CARGO_FUZZ_VERSION) (about a minute, once)"
	@cargo install --locked --quiet --root $(CACHE)/cargo-fuzz-$(CARGO_FUZZ_VERSION) cargo-fuzz@$(CARGO_FUZZ_VERSION)

# Benchmarks the built Worker against other Workers, and validation against other libraries: prints figures and targets, and writes
# build/bench.json (about ten minutes; the first time compiles for four more). ROUNDS=1 REQUESTS=400 MEMORY_REQUESTS=4000 is a short
# try; PART=workerd, PART=instructions (needs valgrind) or PART=native runs one part.
bench: build
	@$(NODE) tools/bench.mjs

# Simulates the rate limiter on KV, and the delivery of a million leads under faults: prints tables and writes build/sim.json
# (about four minutes). SEED=7 replays one run; SCENARIO="5 locations" selects by name, SCENARIO=delivery the delivery.
sim: toolchain
	@cargo run $(LOCKED) --quiet --profile sim -p formgate-sim --bin sim-report -- "$(SCENARIO)"

# Takes the pictures of the README again, after the look of the form has changed.
pictures: build
	@$(NODE) tools/pictures.mjs

clean:
	rm -rf build target node_modules .wrangler

# Not in wrangler's [build], which would run it at every start without showing its output.
build/index.js: $(shell find src -type f) Cargo.toml Cargo.lock rust-toolchain.toml Makefile | toolchain $(WORKER_BUILD) $(WASM_BINDGEN) $(PACKAGES) $(NODE)
	@echo "building the Worker (about a minute the first time)"
	@REAL_CARGO=$$(command -v cargo) PATH="$(CURDIR)/tools/worker-build:$$PATH" $(WORKER_BUILD) --release
	@$(WASM_OPT_BIN) $(WASM_FEATURES) -Oz --low-memory-unused \
	  --one-caller-inline-max-function-size=0 --reorder-functions-by-name \
	  --symbolmap=build/index_bg.symbols --strip-debug build/index_bg.wasm -o build/index_bg.wasm
	@touch $@

# wrangler runs this again before it starts and when www/ changes (tools/prepare.mjs).
build/www/embed.js: $(shell find www -type f) tools/www.mjs tools/openapi.mjs build/index.js | $(PACKAGES) $(NODE)
	@$(NODE) tools/www.mjs
	@touch $@

# Messages go to stderr, here and below, because stdout of `make export` is the export.
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
