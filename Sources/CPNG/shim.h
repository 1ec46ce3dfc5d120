#include <png.h>
#include <string.h>

// The simplified interface of libpng never jumps through Swift frames; pictures are written by it.
static inline void spae_png_prepare(png_image *image) {
  memset(image, 0, sizeof *image);
  image->version = PNG_IMAGE_VERSION;
}

static inline const char *spae_png_message(const png_image *image) { return image->message; }
