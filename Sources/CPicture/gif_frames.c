#include <stdio.h>
#include <stdlib.h>

#include "CPicture.h"
#include "gif_reading.h"

struct spae_gif_reader {
  struct gif_source source;
  GifFileType *gif;
};

static int failed(spae_picture *picture, int code) {
  const char *reason = gif_reason(code);
  snprintf(picture->message, sizeof picture->message, "%s", reason ? reason : "its data is damaged");
  return -1;
}

spae_gif_reader *spae_gif_open(const uint8_t *bytes, size_t count, spae_picture *picture) {
  spae_gif_reader *reader = malloc(sizeof *reader);
  int code = D_GIF_ERR_NOT_ENOUGH_MEM;
  picture->message[0] = 0;
  if (reader) {
    reader->source = (struct gif_source){bytes, count};
    reader->gif = DGifOpen(&reader->source, gif_take, &code);
  }
  if (!reader || !reader->gif) {
    free(reader);
    failed(picture, code);
    return NULL;
  }
  picture->width = (size_t)(reader->gif->SWidth > 0 ? reader->gif->SWidth : 0);
  picture->height = (size_t)(reader->gif->SHeight > 0 ? reader->gif->SHeight : 0);
  picture->channels = 4;
  return reader;
}

void spae_gif_close(spae_gif_reader *reader) {
  int code;
  DGifCloseFile(reader->gif, &code);
  free(reader);
}

static void put_palette(const GifFileType *gif, spae_gif_frame *frame) {
  for (int number = 0; number < 256; number++) {
    GifColorType colour = gif_colour(gif, number);
    frame->palette[3 * number] = colour.Red;
    frame->palette[3 * number + 1] = colour.Green;
    frame->palette[3 * number + 2] = colour.Blue;
  }
}

static void put_facts(
    const GifFileType *gif, const GraphicsControlBlock *control, spae_gif_frame *frame) {
  frame->left = gif->Image.Left;
  frame->top = gif->Image.Top;
  frame->width = gif->Image.Width;
  frame->height = gif->Image.Height;
  frame->delay = control->DelayTime;
  frame->disposal = control->DisposalMode;
  frame->key = control->TransparentColor == NO_TRANSPARENT_COLOR ? -1 : control->TransparentColor;
  put_palette(gif, frame);
}

int spae_gif_next(spae_gif_reader *reader, spae_gif_frame *frame, spae_picture *picture) {
  GifFileType *gif = reader->gif;
  GraphicsControlBlock control = {.TransparentColor = NO_TRANSPARENT_COLOR};
  GifRecordType type;
  // The library reads on over what is no record.
  while (reader->source.left > 0 && DGifGetRecordType(gif, &type) == GIF_OK) {
    if (type == TERMINATE_RECORD_TYPE) return 0;
    if (type == IMAGE_DESC_RECORD_TYPE) {
      if (DGifGetImageDesc(gif) == GIF_ERROR) return failed(picture, gif->Error);
      put_facts(gif, &control, frame);
      return 1;
    }
    if (type == EXTENSION_RECORD_TYPE && gif_read_extension(gif, &control) == GIF_ERROR) {
      return failed(picture, gif->Error);
    }
  }
  return failed(picture, reader->source.left > 0 ? gif->Error : D_GIF_ERR_EOF_TOO_SOON);
}

int spae_gif_pixels(spae_gif_reader *reader, uint8_t *numbers, spae_picture *picture) {
  GifFileType *gif = reader->gif;
  for (int line = 0; line < gif->Image.Height; line++) {
    uint8_t *row = numbers + (size_t)gif_row(gif, line) * (size_t)gif->Image.Width;
    if (DGifGetLine(gif, row, gif->Image.Width) == GIF_ERROR) return failed(picture, gif->Error);
  }
  return 0;
}
