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

// The frames of a GIF, one after the other, by giflib.
typedef struct spae_gif_reader spae_gif_reader;

typedef struct {
  int left, top, width, height;  // where it goes
  int delay;                     // in 1/100 s; 0 where none is given
  int disposal;                  // what becomes of it before the next: 0 and 1 stays, 2 goes, 3 undone
  int key;                       // the number of the transparent colour, or -1
  uint8_t palette[256 * 3];
} spae_gif_frame;

// NULL with the reason in `picture`, which otherwise gets the size of the screen. The bytes are kept.
spae_gif_reader *spae_gif_open(const uint8_t *bytes, size_t count, spae_picture *picture);

// Goes on to the next frame: 1, or 0 at the end, or -1 with the reason in `picture`.
int spae_gif_next(spae_gif_reader *reader, spae_gif_frame *frame, spae_picture *picture);

// The colours of that frame by number, [height, width]; 0, or -1 with the reason in `picture`.
int spae_gif_pixels(spae_gif_reader *reader, uint8_t *numbers, spae_picture *picture);

void spae_gif_close(spae_gif_reader *reader);

// Writes a GIF that is repeated for ever to a descriptor, by giflib.
typedef struct spae_gif_writer spae_gif_writer;

// NULL where there is not enough memory or the descriptor cannot be written to.
spae_gif_writer *spae_gif_create(int descriptor, int width, int height);

// Adds a part of the screen with its colours by number, [height, width], of which the palette holds
// 2, 4, ... or 256; 0, or -1 where it cannot be written.
int spae_gif_add(
    spae_gif_writer *writer, const spae_gif_frame *frame, int colours, const uint8_t *numbers);

// Chooses 256 colours for many, given as three planes of width x height; fills `numbers` and the
// palette; 0, or -1 where there is not enough memory.
int spae_gif_quantize(
    spae_gif_frame *frame, const uint8_t *red, const uint8_t *green, const uint8_t *blue,
    uint8_t *numbers);

static inline void spae_gif_set_colour(spae_gif_frame *frame, int at, uint8_t value) {
  frame->palette[at] = value;
}

static inline const uint8_t *spae_gif_palette(const spae_gif_frame *frame) { return frame->palette; }

// Ends the file and frees the writer; 0, or -1 where the file could not be ended.
int spae_gif_finish(spae_gif_writer *writer);

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
