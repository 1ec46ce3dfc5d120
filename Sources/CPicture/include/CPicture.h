#ifndef CPICTURE_H
#define CPICTURE_H

#include <stddef.h>
#include <stdint.h>

// The readers of libraries that report errors by longjmp, callbacks or function tables. Each jump
// begins and ends in C, so that none crosses a frame of Swift.
//
// A reader is called twice: without `pixels` for the size, and again with room for
// height x width x channels bytes. It never writes more than that.

typedef enum {
  SPAE_PICTURE_READ,
  SPAE_PICTURE_DAMAGED,
  SPAE_PICTURE_UNSUPPORTED,
  SPAE_PICTURE_OUT_OF_MEMORY,
} spae_picture_status;

typedef struct {
  size_t width;
  size_t height;
  int channels;       // 3: RGB; 4: RGB and alpha, which is not multiplied into the colours
  int pictures;       // how many there are: 1, or 2 and more of an animation or a collection
  int is_cmyk;        // the RGB was computed from inks
  char message[256];  // why there is no picture; of a picture that was read, a warning or nothing
} spae_picture;

typedef spae_picture_status (*spae_picture_reader)(
    const uint8_t *bytes, size_t count, spae_picture *picture, uint8_t *pixels);

// PNG of any depth and colour type, by libpng; gamma and profiles are ignored.
spae_picture_status spae_png_read(
    const uint8_t *bytes, size_t count, spae_picture *picture, uint8_t *pixels);

// JPEG of any sampling, grey, RGB, YCbCr, CMYK or YCCK, by libjpeg.
spae_picture_status spae_jpeg_read(
    const uint8_t *bytes, size_t count, spae_picture *picture, uint8_t *pixels);

// The first frame of a GIF on its screen, by giflib.
spae_picture_status spae_gif_read(
    const uint8_t *bytes, size_t count, spae_picture *picture, uint8_t *pixels);

// The functions of libheif, or NULL with the reason; they stay loaded.
typedef struct spae_heif spae_heif;
const spae_heif *spae_heif_load(const char *library, char *reason, size_t room);

// The main picture of a HEIC or AVIF, turned as the file says.
spae_picture_status spae_heif_read(
    const spae_heif *library, const uint8_t *bytes, size_t count, spae_picture *picture,
    uint8_t *pixels);

// Inflates zlib data into `room` bytes at most; the number of bytes, or -1 if it is damaged or longer.
long spae_inflate(const uint8_t *bytes, size_t count, uint8_t *target, size_t room);

static inline const char *spae_picture_message(const spae_picture *picture) {
  return picture->message;
}

#endif
