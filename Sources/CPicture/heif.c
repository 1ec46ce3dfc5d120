#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "CPicture.h"

// What is used of libheif, as its stable interface declares it: the development package would bring
// several encoders along, and the program runs where the library is not.
struct error {
  int code;
  int detail;
  const char *message;
};

enum { OUT_OF_MEMORY = 6, UNSUPPORTED_FILE = 3, UNSUPPORTED_FEATURE = 4 };
enum { UNSUPPORTED_CODEC = 3001 };
enum { COLOURS_RGB = 1, INTERLEAVED_RGB = 10, INTERLEAVED_RGBA = 11, CHANNEL_INTERLEAVED = 10 };

typedef struct context context;
typedef struct handle handle;
typedef struct image image;

struct spae_heif {
  context *(*alloc)(void);
  void (*free)(context *);
  struct error (*read)(context *, const void *, size_t, const void *options);
  int (*count)(context *);
  struct error (*main_picture)(context *, handle **);
  void (*free_handle)(const handle *);
  int (*handle_width)(const handle *);
  int (*handle_height)(const handle *);
  int (*has_alpha)(const handle *);
  int (*is_premultiplied)(const handle *);
  struct error (*decode)(const handle *, image **, int colours, int chroma, const void *options);
  void (*free_image)(const image *);
  int (*image_width)(const image *, int channel);
  int (*image_height)(const image *, int channel);
  const uint8_t *(*plane)(const image *, int channel, int *stride);
};

static int find(void *library, struct spae_heif *heif) {
  const struct {
    const char *name;
    void *place;
  } functions[] = {
      {"heif_context_alloc", &heif->alloc},
      {"heif_context_free", &heif->free},
      {"heif_context_read_from_memory_without_copy", &heif->read},
      {"heif_context_get_number_of_top_level_images", &heif->count},
      {"heif_context_get_primary_image_handle", &heif->main_picture},
      {"heif_image_handle_release", &heif->free_handle},
      {"heif_image_handle_get_width", &heif->handle_width},
      {"heif_image_handle_get_height", &heif->handle_height},
      {"heif_image_handle_has_alpha_channel", &heif->has_alpha},
      {"heif_image_handle_is_premultiplied_alpha", &heif->is_premultiplied},
      {"heif_decode_image", &heif->decode},
      {"heif_image_release", &heif->free_image},
      {"heif_image_get_width", &heif->image_width},
      {"heif_image_get_height", &heif->image_height},
      {"heif_image_get_plane_readonly", &heif->plane},
  };
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    void *function = dlsym(library, functions[i].name);
    if (!function) return 0;
    *(void **)functions[i].place = function;
  }
  return 1;
}

const spae_heif *spae_heif_load(const char *name, char *reason, size_t room) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  static struct spae_heif heif;
  static int is_loaded;
  pthread_mutex_lock(&lock);
  void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  int is_there = library && (is_loaded || find(library, &heif));
  if (!is_there) {
    const char *error = dlerror();
    snprintf(reason, room, "%s", error ? error : "it cannot be loaded");
    if (library) dlclose(library);
  }
  if (is_there) is_loaded = 1;
  pthread_mutex_unlock(&lock);
  return is_there ? &heif : NULL;
}

static spae_picture_status failed(spae_picture *picture, struct error error) {
  snprintf(
      picture->message, sizeof picture->message, "%s",
      error.message ? error.message : "its data is damaged");
  if (error.code == OUT_OF_MEMORY) return SPAE_PICTURE_OUT_OF_MEMORY;
  int is_unsupported = error.code == UNSUPPORTED_FILE || error.code == UNSUPPORTED_FEATURE ||
                       error.detail == UNSUPPORTED_CODEC;
  return is_unsupported ? SPAE_PICTURE_UNSUPPORTED : SPAE_PICTURE_DAMAGED;
}

// Colours that alpha was multiplied into, as the others are.
static void divide_by_alpha(uint8_t *rgba, size_t pixels) {
  for (size_t i = 0; i < 4 * pixels; i += 4) {
    unsigned alpha = rgba[i + 3];
    for (size_t channel = 0; alpha && channel < 3; channel++) {
      unsigned colour = (rgba[i + channel] * 255u + alpha / 2) / alpha;
      rgba[i + channel] = (uint8_t)(colour > 255 ? 255 : colour);
    }
  }
}

static spae_picture_status copy(
    const spae_heif *heif, const image *image, spae_picture *picture, uint8_t *pixels) {
  int stride = 0;
  const uint8_t *plane = heif->plane(image, CHANNEL_INTERLEAVED, &stride);
  size_t row = picture->width * (size_t)picture->channels;
  if (!plane || stride < 0 || (size_t)stride < row ||
      heif->image_width(image, CHANNEL_INTERLEAVED) != (int)picture->width ||
      heif->image_height(image, CHANNEL_INTERLEAVED) != (int)picture->height) {
    struct error error = {.message = "its pixels are not of the size that its header says"};
    return failed(picture, error);
  }
  for (size_t y = 0; y < picture->height; y++) {
    memcpy(pixels + y * row, plane + y * (size_t)stride, row);
  }
  return SPAE_PICTURE_READ;
}

static spae_picture_status decode(
    const spae_heif *heif, const handle *handle, spae_picture *picture, uint8_t *pixels) {
  image *image = NULL;
  int chroma = picture->channels == 4 ? INTERLEAVED_RGBA : INTERLEAVED_RGB;
  struct error error = heif->decode(handle, &image, COLOURS_RGB, chroma, NULL);
  if (error.code) return failed(picture, error);
  spae_picture_status status = copy(heif, image, picture, pixels);
  heif->free_image(image);
  if (status == SPAE_PICTURE_READ && heif->is_premultiplied(handle)) {
    divide_by_alpha(pixels, picture->channels == 4 ? picture->width * picture->height : 0);
  }
  return status;
}

static spae_picture_status read_handle(
    const spae_heif *heif, const handle *handle, spae_picture *picture, uint8_t *pixels) {
  size_t width = (size_t)heif->handle_width(handle);
  size_t height = (size_t)heif->handle_height(handle);
  int channels = heif->has_alpha(handle) ? 4 : 3;
  if (pixels && width == picture->width && height == picture->height &&
      channels == picture->channels) {
    return decode(heif, handle, picture, pixels);
  }
  picture->width = width;
  picture->height = height;
  picture->channels = channels;
  return pixels ? SPAE_PICTURE_DAMAGED : SPAE_PICTURE_READ;
}

spae_picture_status spae_heif_read(
    const spae_heif *heif, const uint8_t *bytes, size_t count, spae_picture *picture,
    uint8_t *pixels) {
  picture->message[0] = 0;
  context *context = heif->alloc();
  if (!context) return SPAE_PICTURE_OUT_OF_MEMORY;
  handle *handle = NULL;
  struct error error = heif->read(context, bytes, count, NULL);
  if (!error.code) error = heif->main_picture(context, &handle);
  picture->pictures = error.code ? 0 : heif->count(context);
  spae_picture_status status =
      error.code ? failed(picture, error) : read_handle(heif, handle, picture, pixels);
  if (handle) heif->free_handle(handle);
  heif->free(context);
  return status;
}
