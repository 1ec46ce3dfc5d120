#pragma once

#include <stddef.h>

// Gives a terminal back as it was, also when the program is stopped by a fault.

// Remembers how the terminal is set, and restores it when one of SIGSEGV, SIGBUS, SIGILL, SIGFPE,
// SIGTRAP and SIGABRT ends the program, or exit does. Returns 0, or -1 with errno.
int spae_guard_install(int terminal);

// What is written to the terminal when it is restored; at most 1024 bytes of it are kept.
void spae_guard_set_escape(const unsigned char *bytes, size_t count);

// Restores the terminal at a fault only while armed: while it is in the program's hands.
void spae_guard_arm(int armed);

// Gives the signals back to whom they belonged.
void spae_guard_remove(void);

// Makes a pipe that never blocks and is closed in programs started from this one: the end to
// read, and the end to write. Returns 0, or -1 with errno.
int spae_signals_pipe(int *reading, int *writing);

// Writes the number of each arriving signal, as a byte, to a descriptor that does not block:
// SIGWINCH, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGCONT, SIGTSTP and SIGCHLD. Returns 0, or -1 with
// errno.
int spae_signals_watch(int descriptor);

// Gives those signals back to whom they belonged.
void spae_signals_ignore(void);
