#ifndef CCURL_H
#define CCURL_H

#include <curl/curl.h>
#include <stddef.h>

// libcurl, loaded when it is first needed: linked, it and the thirty libraries below it would cost
// every start of the program several milliseconds. Only its header is needed to build.

/// Loads libcurl at the first call. NULL when it is there, else why it is not.
const char *spae_curl_load(void);

/// A handle for transfers, or NULL.
CURL *spae_curl_new(void);
void spae_curl_free(CURL *handle);

/// curl_easy_setopt for each kind of argument.
CURLcode spae_curl_set_text(CURL *handle, CURLoption option, const char *text);
CURLcode spae_curl_set_number(CURL *handle, CURLoption option, long number);
CURLcode spae_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *list);

/// Takes a part of an answer's body; anything but `count` ends the transfer.
typedef size_t (*spae_curl_sink)(const char *bytes, size_t size, size_t count, void *context);
CURLcode spae_curl_set_sink(CURL *handle, spae_curl_sink sink, void *context);

/// Where libcurl puts its words for an error: CURL_ERROR_SIZE characters.
CURLcode spae_curl_set_error_buffer(CURL *handle, char *buffer);

CURLcode spae_curl_perform(CURL *handle);

/// The status of the last answer.
long spae_curl_status(CURL *handle);
/// What Retry-After asked for, in seconds; 0 where nothing did.
long spae_curl_retry_after(CURL *handle);

const char *spae_curl_text(CURLcode code);
struct curl_slist *spae_curl_append(struct curl_slist *list, const char *line);
void spae_curl_free_list(struct curl_slist *list);

#endif
