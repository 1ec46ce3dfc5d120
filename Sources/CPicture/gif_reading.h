// What the reader of a GIF's first picture and the reader of all its frames share.
#include <gif_lib.h>
#include <stddef.h>
#include <stdint.h>

// The bytes that are still to be read.
struct gif_source {
  const uint8_t *bytes;
  size_t left;
};

// Reads for the library from a source, which is its user data.
int gif_take(GifFileType *gif, GifByteType *target, int count);

// Reads an extension; one that says how the next frame is shown goes to `control`.
int gif_read_extension(GifFileType *gif, GraphicsControlBlock *control);

// Why a file cannot be read; NULL where the library has no words for it.
const char *gif_reason(int code);

// A colour of the frame; without a palette its number is a grey.
GifColorType gif_colour(const GifFileType *gif, int number);

// Which row of the frame a line of the file is: every eighth comes first in an interlaced one.
int gif_row(const GifFileType *gif, int line);
