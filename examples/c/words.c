/* Prints the words of a picture's first three layers, and writes the picture that they give.
 *
 *   make install PREFIX=/usr/local        # in the project's folder, once
 *   cc words.c -o words $(pkg-config --cflags --libs spae)
 *   ./words /usr/local/share/spae/models/small photo.jpg coarse.ppm
 */
#include <spae.h>
#include <stdio.h>
#include <stdlib.h>

/* Ends the program where a call has failed. */
static void check(int32_t status) {
  if (status == SPAE_OK) return;
  fprintf(stderr, "%s\n", spae_error());
  exit(1);
}

static void print_words(spae_model *model, const int32_t *words, int32_t width, int32_t height,
                        int32_t depth) {
  for (int32_t layer = 1; layer <= depth; layer++) {
    int32_t rows, columns;
    check(spae_layer_size(width, height, layer, &rows, &columns));
    for (int32_t row = 0; row < rows; row++) {
      printf("%d ", layer);
      for (int32_t i = 0; i < columns; i++) printf(" %s", spae_model_word(model, *words++));
      printf("\n");
    }
  }
}

static void write_ppm(const char *path, const uint8_t *pixels, int32_t width, int32_t height) {
  FILE *file = fopen(path, "wb");
  if (!file) {
    perror(path);
    exit(1);
  }
  fprintf(file, "P6 %d %d 255\n", width, height);
  fwrite(pixels, 3, (size_t)width * height, file);
  if (fclose(file) != 0) {
    perror(path);
    exit(1);
  }
}

int main(int count, char **arguments) {
  if (count != 4) {
    fprintf(stderr, "usage: words MODEL-FOLDER PICTURE OUTPUT.ppm\n");
    return 2;
  }
  spae_model *model;
  check(spae_model_open(arguments[1], 0, &model));
  uint8_t *source;
  int32_t width, height;
  check(spae_picture_read(arguments[2], &source, &width, &height));

  spae_encoding encoding = spae_encoding_default;
  encoding.fit = SPAE_FIT_WHOLE;
  int32_t w, h; /* of the picture that the words decode to */
  check(spae_encoded_size(width, height, &encoding, &w, &h));
  size_t word_count = spae_word_count(w, h, spae_layer_count(w, h));
  int32_t *words = malloc(word_count * sizeof *words);
  check(spae_encode(model, source, width, height, 3 * (size_t)width, &encoding, words, word_count));
  print_words(model, words, w, h, 3);

  size_t bytes = (size_t)w * h * 3;
  uint8_t *picture = malloc(bytes);
  check(spae_decode(model, words, word_count, w, h, 3, picture, bytes));
  write_ppm(arguments[3], picture, w, h);

  free(picture);
  free(words);
  spae_pixels_free(source);
  spae_model_close(model);
}
