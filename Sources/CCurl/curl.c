#include "CCurl.h"

#include <dlfcn.h>
#include <pthread.h>

// The functions used, by name: the header's macros check types and would call the linked ones.
static struct {
  CURLcode (*global_init)(long);
  CURL *(*init)(void);
  void (*cleanup)(CURL *);
  CURLcode (*setopt)(CURL *, CURLoption, ...);
  CURLcode (*perform)(CURL *);
  CURLcode (*getinfo)(CURL *, CURLINFO, ...);
  const char *(*text)(CURLcode);
  struct curl_slist *(*append)(struct curl_slist *, const char *);
  void (*free_list)(struct curl_slist *);
} curl;

static const char *problem;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    problem = dlerror();
    return;
  }
  const struct {
    const char *name;
    void *place;
  } functions[] = {
      {"curl_global_init", &curl.global_init},
      {"curl_easy_init", &curl.init},
      {"curl_easy_cleanup", &curl.cleanup},
      {"curl_easy_setopt", &curl.setopt},
      {"curl_easy_perform", &curl.perform},
      {"curl_easy_getinfo", &curl.getinfo},
      {"curl_easy_strerror", &curl.text},
      {"curl_slist_append", &curl.append},
      {"curl_slist_free_all", &curl.free_list},
  };
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    void *function = dlsym(library, functions[i].name);
    if (!function) {
      problem = dlerror();
      return;
    }
    *(void **)functions[i].place = function;
  }
  CURLcode code = curl.global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) problem = curl.text(code);
}

const char *spae_curl_load(void) {
  pthread_once(&once, load);
  return problem;
}

CURL *spae_curl_new(void) { return curl.init(); }
void spae_curl_free(CURL *handle) { curl.cleanup(handle); }

CURLcode spae_curl_set_text(CURL *handle, CURLoption option, const char *text) {
  return curl.setopt(handle, option, text);
}

CURLcode spae_curl_set_number(CURL *handle, CURLoption option, long number) {
  return curl.setopt(handle, option, number);
}

CURLcode spae_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *list) {
  return curl.setopt(handle, option, list);
}

CURLcode spae_curl_set_sink(CURL *handle, spae_curl_sink sink, void *context) {
  CURLcode code = curl.setopt(handle, CURLOPT_WRITEFUNCTION, sink);
  return code == CURLE_OK ? curl.setopt(handle, CURLOPT_WRITEDATA, context) : code;
}

CURLcode spae_curl_set_error_buffer(CURL *handle, char *buffer) {
  return curl.setopt(handle, CURLOPT_ERRORBUFFER, buffer);
}

CURLcode spae_curl_perform(CURL *handle) { return curl.perform(handle); }

long spae_curl_status(CURL *handle) {
  long status = 0;
  curl.getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

long spae_curl_retry_after(CURL *handle) {
  curl_off_t seconds = 0;
  curl.getinfo(handle, CURLINFO_RETRY_AFTER, &seconds);
  return seconds > 86400 ? 86400 : (long)seconds;
}

const char *spae_curl_text(CURLcode code) { return curl.text(code); }

struct curl_slist *spae_curl_append(struct curl_slist *list, const char *line) {
  return curl.append(list, line);
}

void spae_curl_free_list(struct curl_slist *list) { curl.free_list(list); }
