#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>
#include <webp/mux.h>

// WebPDemux is an inline function over a versioned one; Swift sees only the latter.
static inline WebPDemuxer *spae_webp_demux(const uint8_t *bytes, size_t count) {
  WebPData data = {bytes, count};
  return WebPDemux(&data);
}

// The same of a file that may be cut short.
static inline WebPDemuxer *spae_webp_demux_partial(
    const uint8_t *bytes, size_t count, WebPDemuxState *state) {
  WebPData data = {bytes, count};
  return WebPDemuxPartial(&data, state);
}

static inline WebPAnimEncoder *spae_webp_animation(int width, int height) {
  WebPAnimEncoderOptions options;
  if (!WebPAnimEncoderOptionsInit(&options)) return NULL;
  return WebPAnimEncoderNew(width, height, &options);
}

// Adds a frame of RGB, without loss; 0 where it cannot.
static inline int spae_webp_add(
    WebPAnimEncoder *encoder, const uint8_t *rgb, int width, int height, int milliseconds) {
  WebPConfig config;
  WebPPicture picture;
  if (!WebPConfigInit(&config) || !WebPPictureInit(&picture)) return 0;
  if (!WebPConfigLosslessPreset(&config, 3)) return 0;
  picture.use_argb = 1;
  picture.width = width;
  picture.height = height;
  int is_added = WebPPictureImportRGB(&picture, rgb, 3 * width) &&
                 WebPAnimEncoderAdd(encoder, &picture, milliseconds, &config);
  WebPPictureFree(&picture);
  return is_added;
}
