#include <gif_lib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CPicture.h"

struct spae_gif_reader {
  const uint8_t *bytes;
  size_t left;
  GifFileType *gif;
};

static int take(GifFileType *gif, GifByteType *target, int count) {
  spae_gif_reader *reader = gif->UserData;
  size_t taken = (size_t)count < reader->left ? (size_t)count : reader->left;
  memcpy(target, reader->bytes, taken);
  reader->bytes += taken;
  reader->left -= taken;
  return (int)taken;
}

static int failed(spae_picture *picture, int code) {
  const char *reason = GifErrorString(code);
  if (code == D_GIF_ERR_READ_FAILED || code == D_GIF_ERR_EOF_TOO_SOON) reason = "it is truncated";
  snprintf(picture->message, sizeof picture->message, "%s", reason ? reason : "its data is damaged");
  return -1;
}

spae_gif_reader *spae_gif_open(const uint8_t *bytes, size_t count, spae_picture *picture) {
  spae_gif_reader *reader = malloc(sizeof *reader);
  int code = D_GIF_ERR_NOT_ENOUGH_MEM;
  picture->message[0] = 0;
  if (reader) {
    reader->bytes = bytes;
    reader->left = count;
    reader->gif = DGifOpen(reader, take, &code);
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

// Reads an extension; one that says how the next frame is shown goes to `control`.
static int read_extension(GifFileType *gif, GraphicsControlBlock *control) {
  int code;
  GifByteType *block;
  if (DGifGetExtension(gif, &code, &block) == GIF_ERROR) return GIF_ERROR;
  if (code == GRAPHICS_EXT_FUNC_CODE && block) DGifExtensionToGCB(block[0], block + 1, control);
  while (block) {
    if (DGifGetExtensionNext(gif, &block) == GIF_ERROR) return GIF_ERROR;
  }
  return GIF_OK;
}

// A colour's number without a palette is a grey.
static void put_palette(const GifFileType *gif, spae_gif_frame *frame) {
  const ColorMapObject *palette = gif->Image.ColorMap ? gif->Image.ColorMap : gif->SColorMap;
  for (int number = 0; number < 256; number++) {
    GifColorType grey = {(GifByteType)number, (GifByteType)number, (GifByteType)number};
    GifColorType colour = palette && number < palette->ColorCount ? palette->Colors[number] : grey;
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
  while (reader->left > 0 && DGifGetRecordType(gif, &type) == GIF_OK) {
    if (type == TERMINATE_RECORD_TYPE) return 0;
    if (type == IMAGE_DESC_RECORD_TYPE) {
      if (DGifGetImageDesc(gif) == GIF_ERROR) return failed(picture, gif->Error);
      put_facts(gif, &control, frame);
      return 1;
    }
    if (type == EXTENSION_RECORD_TYPE && read_extension(gif, &control) == GIF_ERROR) {
      return failed(picture, gif->Error);
    }
  }
  return failed(picture, reader->left > 0 ? gif->Error : D_GIF_ERR_EOF_TOO_SOON);
}

int spae_gif_pixels(spae_gif_reader *reader, uint8_t *numbers, spae_picture *picture) {
  static const int starts[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
  GifFileType *gif = reader->gif;
  int is_interlaced = gif->Image.Interlace;
  for (int pass = 0; pass < (is_interlaced ? 4 : 1); pass++) {
    int step = is_interlaced ? steps[pass] : 1;
    for (int y = is_interlaced ? starts[pass] : 0; y < gif->Image.Height; y += step) {
      uint8_t *row = numbers + (size_t)y * (size_t)gif->Image.Width;
      if (DGifGetLine(gif, row, gif->Image.Width) == GIF_ERROR) return failed(picture, gif->Error);
    }
  }
  return 0;
}
