#include <gif_lib.h>
#include <stdlib.h>
#include <unistd.h>

#include "CPicture.h"

struct spae_gif_writer {
  int descriptor;
  GifFileType *gif;
};

static int put(GifFileType *gif, const GifByteType *bytes, int count) {
  spae_gif_writer *writer = gif->UserData;
  int written = 0;
  while (written < count) {
    ssize_t step = write(writer->descriptor, bytes + written, (size_t)(count - written));
    if (step <= 0) break;
    written += (int)step;
  }
  return written;
}

// Says that the film begins again at its end.
static int put_loop(GifFileType *gif) {
  static const GifByteType for_ever[] = {1, 0, 0};
  return EGifPutExtensionLeader(gif, APPLICATION_EXT_FUNC_CODE) == GIF_OK &&
         EGifPutExtensionBlock(gif, 11, "NETSCAPE2.0") == GIF_OK &&
         EGifPutExtensionBlock(gif, sizeof for_ever, for_ever) == GIF_OK &&
         EGifPutExtensionTrailer(gif) == GIF_OK;
}

spae_gif_writer *spae_gif_create(int descriptor, int width, int height) {
  spae_gif_writer *writer = malloc(sizeof *writer);
  int code;
  if (!writer) return NULL;
  writer->descriptor = descriptor;
  writer->gif = EGifOpen(writer, put, &code);
  if (!writer->gif) {
    free(writer);
    return NULL;
  }
  EGifSetGifVersion(writer->gif, true);
  if (EGifPutScreenDesc(writer->gif, width, height, 8, 0, NULL) == GIF_OK && put_loop(writer->gif)) {
    return writer;
  }
  spae_gif_finish(writer);
  return NULL;
}

static int put_part(
    GifFileType *gif, const spae_gif_frame *frame, ColorMapObject *palette, const uint8_t *numbers) {
  GraphicsControlBlock control = {
      .DisposalMode = frame->disposal,
      .DelayTime = frame->delay,
      .TransparentColor = NO_TRANSPARENT_COLOR,
  };
  GifByteType extension[4];
  EGifGCBToExtension(&control, extension);
  if (EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, sizeof extension, extension) == GIF_ERROR ||
      EGifPutImageDesc(gif, frame->left, frame->top, frame->width, frame->height, false, palette) ==
          GIF_ERROR) {
    return GIF_ERROR;
  }
  for (int y = 0; y < frame->height; y++) {
    // The library changes nothing of the row but the bits beyond a palette's, of which there are none.
    GifPixelType *row = (GifPixelType *)numbers + (size_t)y * (size_t)frame->width;
    if (EGifPutLine(gif, row, frame->width) == GIF_ERROR) return GIF_ERROR;
  }
  return GIF_OK;
}

int spae_gif_add(
    spae_gif_writer *writer, const spae_gif_frame *frame, int colours, const uint8_t *numbers) {
  ColorMapObject *palette = GifMakeMapObject(colours, NULL);
  if (!palette) return -1;
  for (int number = 0; number < colours; number++) {
    const uint8_t *colour = frame->palette + 3 * number;
    palette->Colors[number] = (GifColorType){colour[0], colour[1], colour[2]};
  }
  int result = put_part(writer->gif, frame, palette, numbers);
  GifFreeMapObject(palette);
  return result == GIF_OK ? 0 : -1;
}

int spae_gif_quantize(
    spae_gif_frame *frame, const uint8_t *red, const uint8_t *green, const uint8_t *blue,
    uint8_t *numbers) {
  GifColorType colours[256] = {{0, 0, 0}};
  int count = 256;
  // The library only reads the planes.
  if (GifQuantizeBuffer(
          (unsigned)frame->width, (unsigned)frame->height, &count, (GifByteType *)red,
          (GifByteType *)green, (GifByteType *)blue, numbers, colours) == GIF_ERROR) {
    return -1;
  }
  for (int number = 0; number < 256; number++) {
    frame->palette[3 * number] = colours[number].Red;
    frame->palette[3 * number + 1] = colours[number].Green;
    frame->palette[3 * number + 2] = colours[number].Blue;
  }
  return 0;
}

int spae_gif_finish(spae_gif_writer *writer) {
  int code;
  int result = EGifCloseFile(writer->gif, &code);
  free(writer);
  return result == GIF_OK ? 0 : -1;
}
