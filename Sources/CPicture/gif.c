#include <stdio.h>
#include <stdlib.h>

#include "CPicture.h"
#include "gif_reading.h"

static spae_picture_status failed(spae_picture *picture, int code) {
  const char *reason = gif_reason(code);
  snprintf(
      picture->message, sizeof picture->message, "%s", reason ? reason : "there is no picture in it");
  return code == D_GIF_ERR_NOT_ENOUGH_MEM ? SPAE_PICTURE_OUT_OF_MEMORY : SPAE_PICTURE_DAMAGED;
}

// Goes on to the next frame; `control` is then what its extension says.
static int next_frame(GifFileType *gif, GraphicsControlBlock *control) {
  GifRecordType type;
  while (DGifGetRecordType(gif, &type) == GIF_OK) {
    if (type == IMAGE_DESC_RECORD_TYPE) return DGifGetImageDesc(gif);
    if (type == TERMINATE_RECORD_TYPE) break;
    if (type != EXTENSION_RECORD_TYPE) continue;
    if (gif_read_extension(gif, control) == GIF_ERROR) return GIF_ERROR;
  }
  return GIF_ERROR;
}

// Where the pixels go: `channels` are 4 where one colour, the key, is transparent.
struct screen {
  uint8_t *pixels;
  size_t width;
  size_t height;
  size_t channels;
  int key;
};

static void put_colour(const GifFileType *gif, int number, const struct screen *screen, size_t at) {
  GifColorType colour = gif_colour(gif, number);
  uint8_t *pixel = screen->pixels + at * screen->channels;
  pixel[0] = colour.Red;
  pixel[1] = colour.Green;
  pixel[2] = colour.Blue;
  if (screen->channels == 4) pixel[3] = number == screen->key ? 0 : 255;
}

// What the frame leaves free is transparent where it has such a colour, and otherwise in the first
// of its palette, as in Pillow.
static void clear(const GifFileType *gif, const struct screen *screen) {
  for (size_t i = 0; i < screen->width * screen->height; i++) {
    put_colour(gif, screen->key < 0 ? 0 : screen->key, screen, i);
  }
}

static int put_row(GifFileType *gif, int y, GifPixelType *numbers, const struct screen *screen) {
  const GifImageDesc *frame = &gif->Image;
  if (DGifGetLine(gif, numbers, frame->Width) == GIF_ERROR) return GIF_ERROR;
  size_t start = (size_t)(frame->Top + y) * screen->width + (size_t)frame->Left;
  for (int x = 0; x < frame->Width; x++) put_colour(gif, numbers[x], screen, start + (size_t)x);
  return GIF_OK;
}

static int put_rows(GifFileType *gif, GifPixelType *numbers, const struct screen *screen) {
  for (int line = 0; line < gif->Image.Height; line++) {
    if (put_row(gif, gif_row(gif, line), numbers, screen) == GIF_ERROR) return GIF_ERROR;
  }
  return GIF_OK;
}

static spae_picture_status put_frame(
    GifFileType *gif, const struct screen *screen, spae_picture *picture) {
  GifPixelType *numbers = malloc((size_t)gif->Image.Width);
  if (!numbers) return SPAE_PICTURE_OUT_OF_MEMORY;
  clear(gif, screen);
  int result = put_rows(gif, numbers, screen);
  free(numbers);
  if (result == GIF_ERROR) return failed(picture, gif->Error);
  // It is enough to know whether there is another frame, and damage there is none of the first's.
  GraphicsControlBlock control;
  if (next_frame(gif, &control) == GIF_OK) picture->pictures = 2;
  return SPAE_PICTURE_READ;
}

static size_t greater(int a, int b) { return (size_t)(a > b ? a : b); }

static spae_picture_status decode(GifFileType *gif, spae_picture *picture, uint8_t *pixels) {
  GraphicsControlBlock control = {.TransparentColor = NO_TRANSPARENT_COLOR};
  if (next_frame(gif, &control) == GIF_ERROR) return failed(picture, gif->Error);
  const GifImageDesc *frame = &gif->Image;
  if (frame->Width <= 0 || frame->Height <= 0 || frame->Left < 0 || frame->Top < 0) {
    return failed(picture, D_GIF_ERR_NO_IMAG_DSCR);
  }
  // A frame that does not fit makes the screen larger.
  struct screen screen = {
      .pixels = pixels,
      .width = greater(gif->SWidth, frame->Left + frame->Width),
      .height = greater(gif->SHeight, frame->Top + frame->Height),
      .channels = control.TransparentColor == NO_TRANSPARENT_COLOR ? 3 : 4,
      .key = control.TransparentColor,
  };
  int is_same = screen.width == picture->width && screen.height == picture->height &&
                (int)screen.channels == picture->channels;
  if (pixels && is_same) return put_frame(gif, &screen, picture);
  picture->width = screen.width;
  picture->height = screen.height;
  picture->channels = (int)screen.channels;
  return pixels ? SPAE_PICTURE_DAMAGED : SPAE_PICTURE_READ;
}

spae_picture_status spae_gif_read(
    const uint8_t *bytes, size_t count, spae_picture *picture, uint8_t *pixels) {
  struct gif_source source = {bytes, count};
  picture->message[0] = 0;
  picture->pictures = 1;
  int code = 0;
  GifFileType *gif = DGifOpen(&source, gif_take, &code);
  if (!gif) return failed(picture, code);
  spae_picture_status status = decode(gif, picture, pixels);
  DGifCloseFile(gif, &code);
  return status;
}
