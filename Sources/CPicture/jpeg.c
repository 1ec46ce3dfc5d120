#include <setjmp.h>
#include <stdio.h>
// jpeglib.h needs the types of stdio.h.
#include <jpeglib.h>
#include <jerror.h>
#include <string.h>

#include "CPicture.h"

// A file of more scans is made to keep a processor busy.
enum { GREATEST_SCANS = 500 };

// What must outlive a jump is here, and not among the variables of the function that it lands in.
struct reader {
  struct jpeg_error_mgr errors;  // first: libjpeg hands out this address
  struct jpeg_progress_mgr progress;
  struct jpeg_decompress_struct decoder;
  const uint8_t *bytes;
  size_t count;
  spae_picture *picture;
  uint8_t *pixels;
  spae_picture_status status;
  jmp_buf end;
};

static void note(struct reader *reader) {
  char text[JMSG_LENGTH_MAX];
  reader->errors.format_message((j_common_ptr)&reader->decoder, text);
  snprintf(reader->picture->message, sizeof reader->picture->message, "%s", text);
}

// What is whole, but nothing that libjpeg decodes.
static int is_unsupported(int code) {
  switch (code) {
  case JERR_ARITH_NOTIMPL:
  case JERR_BAD_J_COLORSPACE:
  case JERR_BAD_PRECISION:
  case JERR_CCIR601_NOTIMPL:
  case JERR_COMPONENT_COUNT:
  case JERR_CONVERSION_NOTIMPL:
  case JERR_FRACT_SAMPLE_NOTIMPL:
  case JERR_NOT_COMPILED:
  case JERR_SOF_UNSUPPORTED: return 1;
  default: return 0;
  }
}

static void stop(j_common_ptr decoder) {
  struct reader *reader = (struct reader *)decoder->err;
  int code = decoder->err->msg_code;
  reader->status = code == JERR_OUT_OF_MEMORY ? SPAE_PICTURE_OUT_OF_MEMORY
                   : is_unsupported(code)     ? SPAE_PICTURE_UNSUPPORTED
                                              : SPAE_PICTURE_DAMAGED;
  note(reader);
  longjmp(reader->end, 1);
}

// Odd files that cameras and old programs write, and that lose nothing: filling before a marker, a
// revision or a scan's numbers that nobody needs. Every other warning means lost pixels.
static void warn(j_common_ptr decoder, int level) {
  struct reader *reader = (struct reader *)decoder->err;
  if (level >= 0) return;
  switch (decoder->err->msg_code) {
  case JWRN_ADOBE_XFORM:
  case JWRN_EXTRANEOUS_DATA:
  case JWRN_JFIF_MAJOR:
  case JWRN_NOT_SEQUENTIAL:
    if (!reader->picture->message[0]) note(reader);
    return;
  default: stop(decoder);
  }
}

static void bound_scans(j_common_ptr decoder) {
  struct reader *reader = (struct reader *)decoder->err;
  if (reader->decoder.input_scan_number <= GREATEST_SCANS) return;
  reader->status = SPAE_PICTURE_UNSUPPORTED;
  snprintf(
      reader->picture->message, sizeof reader->picture->message, "it has more than %d scans",
      GREATEST_SCANS);
  longjmp(reader->end, 1);
}

// Inks as Adobe writes them: 255 is none.
static void put_inks(const uint8_t *inks, size_t width, uint8_t *rgb) {
  for (size_t x = 0; x < width; x++) {
    unsigned black = inks[4 * x + 3];
    for (size_t channel = 0; channel < 3; channel++) {
      rgb[3 * x + channel] = (uint8_t)((inks[4 * x + channel] * black + 127) / 255);
    }
  }
}

static void read_rows(struct reader *reader) {
  struct jpeg_decompress_struct *decoder = &reader->decoder;
  size_t width = decoder->output_width;
  JSAMPARRAY inks = NULL;
  if (reader->picture->is_cmyk) {
    inks = decoder->mem->alloc_sarray(
        (j_common_ptr)decoder, JPOOL_IMAGE, decoder->output_width * 4, 1);
  }
  while (decoder->output_scanline < decoder->output_height) {
    uint8_t *target = reader->pixels + decoder->output_scanline * width * 3;
    JSAMPROW row = inks ? inks[0] : target;
    jpeg_read_scanlines(decoder, &row, 1);
    if (inks) put_inks(row, width, target);
  }
}

static void decode(struct reader *reader) {
  struct jpeg_decompress_struct *decoder = &reader->decoder;
  spae_picture *picture = reader->picture;
  jpeg_create_decompress(decoder);
  decoder->progress = &reader->progress;
  jpeg_mem_src(decoder, reader->bytes, reader->count);
  jpeg_read_header(decoder, TRUE);
  J_COLOR_SPACE space = decoder->jpeg_color_space;
  int is_cmyk = space == JCS_CMYK || space == JCS_YCCK;
  if (!reader->pixels) {
    picture->width = decoder->image_width;
    picture->height = decoder->image_height;
    picture->channels = 3;
    picture->is_cmyk = is_cmyk;
    return;
  }
  if (decoder->image_width != picture->width || decoder->image_height != picture->height ||
      is_cmyk != picture->is_cmyk) {
    ERREXIT(decoder, JERR_BAD_LENGTH);
  }
  decoder->out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
  decoder->dct_method = JDCT_ISLOW;
  jpeg_start_decompress(decoder);
  read_rows(reader);
  jpeg_finish_decompress(decoder);
}

static void guarded(struct reader *reader) {
  if (setjmp(reader->end)) return;
  decode(reader);
}

spae_picture_status spae_jpeg_read(
    const uint8_t *bytes, size_t count, spae_picture *picture, uint8_t *pixels) {
  struct reader reader = {
      .bytes = bytes, .count = count, .picture = picture, .pixels = pixels};
  picture->message[0] = 0;
  picture->pictures = 1;
  reader.decoder.err = jpeg_std_error(&reader.errors);
  reader.errors.error_exit = stop;
  reader.errors.emit_message = warn;
  reader.progress.progress_monitor = bound_scans;
  guarded(&reader);
  jpeg_destroy_decompress(&reader.decoder);
  return reader.status;
}
