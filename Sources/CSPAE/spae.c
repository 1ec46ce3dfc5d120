#include "spae.h"

#include <stdio.h>

#include "spae_thread.h"

static _Thread_local char message[1024];

const spae_encoding spae_encoding_default = {128, SPAE_FIT_CROP, 1};

void spae_keep_error(const char *text) { snprintf(message, sizeof message, "%s", text); }

const char *spae_error(void) { return message; }

const char *spae_version(void) { return SPAE_VERSION; }
