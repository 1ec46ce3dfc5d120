#include "gif_reading.h"

#include <string.h>

int gif_take(GifFileType *gif, GifByteType *target, int count) {
  struct gif_source *source = gif->UserData;
  size_t taken = (size_t)count < source->left ? (size_t)count : source->left;
  memcpy(target, source->bytes, taken);
  source->bytes += taken;
  source->left -= taken;
  return (int)taken;
}

int gif_read_extension(GifFileType *gif, GraphicsControlBlock *control) {
  int code;
  GifByteType *block;
  if (DGifGetExtension(gif, &code, &block) == GIF_ERROR) return GIF_ERROR;
  if (code == GRAPHICS_EXT_FUNC_CODE && block) DGifExtensionToGCB(block[0], block + 1, control);
  while (block) {
    if (DGifGetExtensionNext(gif, &block) == GIF_ERROR) return GIF_ERROR;
  }
  return GIF_OK;
}

const char *gif_reason(int code) {
  if (code == D_GIF_ERR_READ_FAILED || code == D_GIF_ERR_EOF_TOO_SOON) return "it is truncated";
  return GifErrorString(code);
}

GifColorType gif_colour(const GifFileType *gif, int number) {
  const ColorMapObject *palette = gif->Image.ColorMap ? gif->Image.ColorMap : gif->SColorMap;
  GifColorType grey = {(GifByteType)number, (GifByteType)number, (GifByteType)number};
  return palette && number < palette->ColorCount ? palette->Colors[number] : grey;
}

int gif_row(const GifFileType *gif, int line) {
  static const int starts[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
  if (!gif->Image.Interlace) return line;
  int pass = 0;
  for (; pass < 3; pass++) {
    int lines = (gif->Image.Height - starts[pass] + steps[pass] - 1) / steps[pass];
    if (line < lines) break;
    line -= lines;
  }
  return starts[pass] + line * steps[pass];
}
