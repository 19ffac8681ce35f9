/* libcurl's setters and getters are variadic, which Swift cannot call: one inline function per argument type. */
#pragma once
#include <curl/curl.h>

static inline CURLcode brook_easy_set_long(CURL *h, CURLoption o, long v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode brook_easy_set_offset(CURL *h, CURLoption o, curl_off_t v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode brook_easy_set_pointer(CURL *h, CURLoption o, void *v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode brook_easy_set_string(CURL *h, CURLoption o, const char *v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode brook_easy_set_slist(CURL *h, CURLoption o, struct curl_slist *v) { return curl_easy_setopt(h, o, v); }
typedef size_t (*brook_curl_data_callback)(char *, size_t, size_t, void *);
static inline CURLcode brook_easy_set_data_callback(CURL *h, CURLoption o, brook_curl_data_callback f) { return curl_easy_setopt(h, o, f); }
typedef int (*brook_curl_close_callback)(void *, curl_socket_t);
static inline CURLcode brook_easy_set_close_callback(CURL *h, brook_curl_close_callback f) { return curl_easy_setopt(h, CURLOPT_CLOSESOCKETFUNCTION, f); }
typedef int (*brook_curl_seek_callback)(void *, curl_off_t, int);
static inline CURLcode brook_easy_set_seek_callback(CURL *h, brook_curl_seek_callback f) { return curl_easy_setopt(h, CURLOPT_SEEKFUNCTION, f); }
/* libcurl copies as many bytes as POSTFIELDSIZE_LARGE says, so that is set first; an empty body needs a non-null pointer. */
static inline CURLcode brook_easy_set_copied_body(CURL *h, const void *bytes, size_t count) {
    CURLcode code = curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    return code != CURLE_OK ? code : curl_easy_setopt(h, CURLOPT_COPYPOSTFIELDS, count > 0 ? bytes : "");
}

typedef int (*brook_curl_socket_callback)(CURL *, curl_socket_t, int, void *, void *);
typedef int (*brook_curl_timer_callback)(CURLM *, long, void *);
static inline CURLMcode brook_multi_set_long(CURLM *m, CURLMoption o, long v) { return curl_multi_setopt(m, o, v); }
static inline CURLMcode brook_multi_set_pointer(CURLM *m, CURLMoption o, void *v) { return curl_multi_setopt(m, o, v); }
static inline CURLMcode brook_multi_set_socket_callback(CURLM *m, brook_curl_socket_callback f) { return curl_multi_setopt(m, CURLMOPT_SOCKETFUNCTION, f); }
static inline CURLMcode brook_multi_set_timer_callback(CURLM *m, brook_curl_timer_callback f) { return curl_multi_setopt(m, CURLMOPT_TIMERFUNCTION, f); }

/* Connections that a finished transfer had to make: 0 when it used a kept one, -1 when libcurl cannot tell. */
static inline long brook_easy_connections_made(CURL *h) {
    long count = -1;
    return curl_easy_getinfo(h, CURLINFO_NUM_CONNECTS, &count) == CURLE_OK ? count : -1;
}

/* CURLMsg carries a union that Swift reads only through unsafe members. */
static inline CURLcode brook_message_result(CURLMsg *m) { return m->data.result; }
static inline CURLcode brook_global_init(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }
