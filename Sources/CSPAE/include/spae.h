/* SPAE: a picture becomes a pyramid of words, and the words become the picture again.
 *
 * A picture of 128 x 128 pixels has six layers of 1, 4, 16, 64, 256 and 256 words: 597 numbers of
 * words of the model's vocabulary, layer after layer, row after row. A first part of them, down to
 * any layer, decodes to a coarser picture.
 *
 * The decoded picture's width and height say the pyramid's shape: multiples of 8 pixels, the shorter
 * one 64, 128, 256 or 512, the other at most four times as long.
 *
 * Every function that can fail returns SPAE_OK or SPAE_FAILED; spae_error() then says why, until
 * the next call on the same thread. A model may be used by several threads at once. A session may
 * be used by one thread at a time; others wait. Pixels are RGB, 8 bits each, row after row.
 *
 * Link with -lspae (pkg-config --cflags --libs spae).
 */
#ifndef SPAE_H
#define SPAE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SPAE_VERSION "0.1.0"

enum { SPAE_OK = 0, SPAE_FAILED = 1 };

/* What of a picture is encoded. */
enum {
  SPAE_FIT_CROP = 0,    /* the largest square in the middle */
  SPAE_FIT_PAD = 1,     /* the whole picture, with white beside it, as a square */
  SPAE_FIT_STRETCH = 2, /* the whole picture, squeezed to a square */
  SPAE_FIT_WHOLE = 3,   /* the whole picture at its own aspect; of one longer than 4:1 the middle */
};

typedef struct spae_model spae_model;
typedef struct spae_session spae_session;

/* A rectangle of pixels; empty where width is 0. */
typedef struct {
  int32_t left, top, width, height;
} spae_area;

/* How a picture is encoded. */
typedef struct {
  int32_t size; /* pixels of the shorter side: 64, 128, 256 or 512 */
  int32_t fit;  /* SPAE_FIT_... */
  /* How strongly the meaning of words counts in the first layers, as a factor; 0: not at all. */
  float semantic_weight;
} spae_encoding;

/* What spae_encode does where it is given none: 128, SPAE_FIT_CROP, 1. */
extern const spae_encoding spae_encoding_default;

/* The version of the library: "0.1.0". */
const char *spae_version(void);

/* Why the last call on this thread failed: one line of UTF-8. */
const char *spae_error(void);

/* Loads a model's folder. threads: at most so many at once; 0: one for each processor. */
int32_t spae_model_open(const char *folder, int32_t threads, spae_model **model);
void spae_model_close(spae_model *model);

/* The model's identity, 64 hexadecimal digits; valid as long as the model. NULL on failure. */
const char *spae_model_identity(spae_model *model);

/* The number of words in the vocabulary. */
int32_t spae_model_word_count(spae_model *model);

/* A word by its number, valid as long as the model; NULL where there is none. */
const char *spae_model_word(spae_model *model, int32_t number);

/* The number of a word; -1 where the vocabulary lacks it. */
int32_t spae_model_word_number(spae_model *model, const char *word);

/* The number of layers of a decoded picture of so many pixels, and of words in the first of them; 0
 * for a size or a depth that does not exist. */
int32_t spae_layer_count(int32_t width, int32_t height);
int32_t spae_word_count(int32_t width, int32_t height, int32_t depth);

/* The rows and columns of words in a layer, counted from 1. */
int32_t spae_layer_size(int32_t width, int32_t height, int32_t layer, int32_t *rows,
                        int32_t *columns);

/* Reads a picture of any format as the program does, turned as it says, on white. Free the pixels
 * with spae_pixels_free. */
int32_t spae_picture_read(const char *path, uint8_t **pixels, int32_t *width, int32_t *height);
void spae_pixels_free(uint8_t *pixels);

/* The size of the picture that the words of a picture of so many pixels decode to.
 * encoding: NULL for the default. */
int32_t spae_encoded_size(int32_t width, int32_t height, const spae_encoding *encoding,
                          int32_t *encoded_width, int32_t *encoded_height);

/* Encodes a picture: writes as many numbers to words as its spae_encoded_size has in all layers.
 * row_bytes: from one row of pixels to the next; encoding: NULL for the default. */
int32_t spae_encode(spae_model *model, const uint8_t *pixels, int32_t width, int32_t height,
                    size_t row_bytes, const spae_encoding *encoding, int32_t *words,
                    size_t capacity);

/* Decodes the first depth layers of words (0: all) to width * height * 3 bytes. count: all words of
 * a pyramid of that size. */
int32_t spae_decode(spae_model *model, const int32_t *words, size_t count, int32_t width,
                    int32_t height, int32_t depth, uint8_t *pixels, size_t capacity);

/* A pyramid that stays decoded: a changed word costs only the part of the picture it reaches.
 * It holds the model open. */
int32_t spae_session_open(spae_model *model, const int32_t *words, size_t count, int32_t width,
                          int32_t height, int32_t depth, spae_session **session);
void spae_session_close(spae_session *session);

/* Decodes words that differ from the last ones; changed (may be NULL): outside of it no pixel has
 * changed. depth 0: as before. */
int32_t spae_session_apply(spae_session *session, const int32_t *words, size_t count,
                           int32_t depth, spae_area *changed);

/* The size of the session's picture. */
int32_t spae_session_size(spae_session *session, int32_t *width, int32_t *height);

/* Copies the session's picture, width * height * 3 bytes. */
int32_t spae_session_picture(spae_session *session, uint8_t *pixels, size_t capacity);

#ifdef __cplusplus
}
#endif
#endif
