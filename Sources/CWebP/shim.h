#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>

// WebPDemux is an inline function over a versioned one; Swift sees only the latter.
static inline WebPDemuxer *spae_webp_demux(const uint8_t *bytes, size_t count) {
  WebPData data = {bytes, count};
  return WebPDemux(&data);
}
