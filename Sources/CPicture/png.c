#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include "CPicture.h"

// What must outlive a jump is here, and not among the variables of the function that it lands in.
struct reader {
  png_structp png;
  png_infop info;
  const uint8_t *bytes;
  size_t left;
  spae_picture *picture;
  uint8_t *pixels;
  spae_picture_status status;
  jmp_buf end;
};

static void fail(png_structp png, png_const_charp message) {
  struct reader *reader = png_get_error_ptr(png);
  int is_memory = strstr(message, "emory") != NULL;
  reader->status = is_memory ? SPAE_PICTURE_OUT_OF_MEMORY : SPAE_PICTURE_DAMAGED;
  snprintf(reader->picture->message, sizeof reader->picture->message, "%s", message);
  longjmp(reader->end, 1);
}

static void pass_over(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static void take(png_structp png, png_bytep target, size_t count) {
  struct reader *reader = png_get_io_ptr(png);
  if (count > reader->left) png_error(png, "it is truncated");
  memcpy(target, reader->bytes, count);
  reader->bytes += count;
  reader->left -= count;
}

// Only the pixels, their palette and what is transparent are wanted: browsers apply gamma and
// profiles, most viewers and the libraries that models are trained with do not.
static void ignore_the_rest(png_structp png) {
  static const char chunks[] =
      "bKGD\0cHRM\0eXIf\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0pHYs\0sBIT\0sCAL\0sPLT\0sRGB\0sTER\0"
      "tEXt\0tIME\0zTXt";
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
  png_set_keep_unknown_chunks(
      png, PNG_HANDLE_CHUNK_NEVER, (png_const_bytep)chunks, sizeof chunks / 5);
}

// RGB of 8 bits, or RGBA where anything is transparent; 16 bits are scaled by 1/257 and rounded.
static void choose_samples(png_structp png, png_infop info, spae_picture *picture) {
  int colour = png_get_color_type(png, info);
  if (colour == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  if (colour == PNG_COLOR_TYPE_GRAY) png_set_expand_gray_1_2_4_to_8(png);
  int has_key = png_get_valid(png, info, PNG_INFO_tRNS) != 0;
  if (has_key) png_set_tRNS_to_alpha(png);
  png_set_scale_16(png);
  if (!(colour & PNG_COLOR_MASK_COLOR)) png_set_gray_to_rgb(png);
  picture->channels = has_key || colour & PNG_COLOR_MASK_ALPHA ? 4 : 3;
}

static void decode(struct reader *reader) {
  png_structp png = reader->png;
  spae_picture *picture = reader->picture;
  png_set_read_fn(png, reader, take);
  // The caller bounds the size before there are pixels.
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_benign_errors(png, 1);
  ignore_the_rest(png);
  png_read_info(png, reader->info);
  size_t width = png_get_image_width(png, reader->info);
  size_t height = png_get_image_height(png, reader->info);
  choose_samples(png, reader->info, picture);
  if (!reader->pixels) {
    picture->width = width;
    picture->height = height;
    return;
  }
  if (width != picture->width || height != picture->height) png_error(png, "its size changed");
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, reader->info);
  size_t row = width * (size_t)picture->channels;
  if (png_get_rowbytes(png, reader->info) != row) png_error(png, "its rows have another length");
  for (int pass = 0; pass < passes; pass++) {
    for (size_t y = 0; y < height; y++) png_read_row(png, reader->pixels + y * row, NULL);
  }
}

static void guarded(struct reader *reader) {
  if (setjmp(reader->end)) return;
  reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, fail, pass_over);
  if (reader->png) reader->info = png_create_info_struct(reader->png);
  if (!reader->info) {
    reader->status = SPAE_PICTURE_OUT_OF_MEMORY;
    return;
  }
  decode(reader);
}

spae_picture_status spae_png_read(
    const uint8_t *bytes, size_t count, spae_picture *picture, uint8_t *pixels) {
  struct reader reader = {
      .bytes = bytes, .left = count, .picture = picture, .pixels = pixels};
  picture->message[0] = 0;
  picture->pictures = 1;
  guarded(&reader);
  png_destroy_read_struct(&reader.png, &reader.info, NULL);
  return reader.status;
}
