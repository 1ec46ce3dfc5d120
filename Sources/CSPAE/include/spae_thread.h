/* What the library itself needs in C: a message for each thread. */
#pragma once

/* Keeps what spae_error() answers on this thread; a longer message is cut. */
void spae_keep_error(const char *message);
