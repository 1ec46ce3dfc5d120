#include <zlib.h>

#include "CPicture.h"

long spae_inflate(const uint8_t *bytes, size_t count, uint8_t *target, size_t room) {
  uLongf length = room;
  return uncompress(target, &length, bytes, count) == Z_OK ? (long)length : -1;
}
