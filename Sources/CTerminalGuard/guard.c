#define _GNU_SOURCE
#include "CTerminalGuard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define COUNT(array) (sizeof array / sizeof *array)

static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT};
static struct sigaction before_fault[COUNT(faults)];
static int terminal = -1;
static struct termios settings;
static unsigned char escape[1024];
static volatile sig_atomic_t escape_count;
static volatile sig_atomic_t armed;
static int installed;

// A stack that overflowed cannot hold the handler of its own fault.
static unsigned char stack[64 * 1024] __attribute__((aligned(16)));
static stack_t stack_before;

// Calls nothing but what POSIX allows in a signal handler.
static void restore(void) {
  if (!armed) return;
  armed = 0;
  ssize_t written = write(terminal, escape, (size_t)escape_count);
  (void)written;
  tcsetattr(terminal, TCSANOW, &settings);
}

// The default action follows: Swift's backtracer would ask questions of a person.
static void on_fault(int number) {
  int saved = errno;
  restore();
  struct sigaction fall = {.sa_handler = SIG_DFL};
  sigaction(number, &fall, NULL);
  raise(number);  // held until this returns, also when the signal was sent from outside
  errno = saved;
}

int spae_guard_install(int descriptor) {
  if (installed) return 0;
  if (tcgetattr(descriptor, &settings) != 0) return -1;
  terminal = descriptor;
  stack_t own = {.ss_sp = stack, .ss_size = sizeof stack};
  if (sigaltstack(&own, &stack_before) != 0) return -1;
  struct sigaction action = {.sa_handler = on_fault, .sa_flags = SA_ONSTACK};
  for (size_t i = 0; i < COUNT(faults); i++) sigaction(faults[i], &action, &before_fault[i]);
  static int at_exit;
  if (!at_exit) at_exit = atexit(restore) == 0;
  installed = 1;
  return 0;
}

void spae_guard_set_escape(const unsigned char *bytes, size_t count) {
  escape_count = 0;
  if (count > sizeof escape) count = sizeof escape;
  memcpy(escape, bytes, count);
  escape_count = (sig_atomic_t)count;
}

void spae_guard_arm(int wanted) { armed = wanted && installed; }

void spae_guard_remove(void) {
  if (!installed) return;
  armed = 0;
  for (size_t i = 0; i < COUNT(faults); i++) sigaction(faults[i], &before_fault[i], NULL);
  sigaltstack(&stack_before, NULL);
  installed = 0;
}

static const int events[] = {SIGWINCH, SIGTERM, SIGINT,  SIGHUP,
                             SIGQUIT,  SIGCONT, SIGTSTP, SIGCHLD};
static struct sigaction before_event[COUNT(events)];
static volatile sig_atomic_t pipe_end = -1;

static void on_event(int number) {
  int saved = errno;
  unsigned char byte = (unsigned char)number;
  ssize_t written = write(pipe_end, &byte, 1);
  (void)written;
  errno = saved;
}

int spae_signals_pipe(int *reading, int *writing) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return -1;
  *reading = ends[0];
  *writing = ends[1];
  return 0;
}

int spae_signals_watch(int descriptor) {
  pipe_end = descriptor;
  struct sigaction action = {.sa_handler = on_event, .sa_flags = SA_RESTART};
  for (size_t i = 0; i < COUNT(events); i++) {
    if (sigaction(events[i], &action, &before_event[i]) != 0) return -1;
  }
  return 0;
}

void spae_signals_ignore(void) {
  for (size_t i = 0; i < COUNT(events); i++) sigaction(events[i], &before_event[i], NULL);
}
