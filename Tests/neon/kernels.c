// Runs each kernel on made-up numbers, on every instruction set of this processor, beside the plain C
// ones, which come last. Prints a line for each exact kernel, so that processors can be compared.
#pragma STDC FP_CONTRACT OFF  // of the made-up numbers

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

enum { room = 1 << 16 };

static uint64_t state;
static uint32_t next_number(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return state >> 33;
}
// From -1 to 1.
static float number(void) { return (float)(next_number() & 0xFFFF) / 32768 - 1; }

static float input[room], weights[room], bias[256], gain[256], scales[256], residual[room];
static uint8_t bytes[room];
static uint16_t halves[room];

// Numbers of float16 between 2^-8 and 2, of both signs.
static uint16_t half(void) {
  return (next_number() & 1) << 15 | (7 + next_number() % 9) << 10 | (next_number() & 0x3FF);
}

static void make_numbers(void) {
  state = 1;
  for (size_t i = 0; i < room; i++) {
    input[i] = number(), weights[i] = number(), residual[i] = number();
    bytes[i] = next_number(), halves[i] = half();
  }
  for (size_t i = 0; i < 256; i++) {
    bias[i] = number(), gain[i] = number();
    scales[i] = 0.001f + 0.001f * (number() + 1);
  }
}

// What a kernel gives: floats, or bytes of anything.
typedef struct {
  float floats[room];
  uint8_t bytes[room];
  size_t count;
} result;

typedef void trial(const spae_kernels *kernels, result *result, int variant);

static void dense(const spae_kernels *k, result *r, int variant) {
  const int kernel = 1 + variant % 3, stride = kernel == 2 ? 2 : 1 + variant / 3 % 2;
  const size_t channels = 19, columns = 1 + variant % 11, rows = 3, width = columns * stride + 4;
  spae_convolution task = {
      .input = input, .input_row = width * channels, .input_pixel = channels,
      .output = r->floats, .output_row = columns * 48, .output_pixel = 48,
      .residual = variant & 1 ? residual : 0, .weights = weights, .bias = bias, .blocks = 3,
      .rows = rows, .columns = columns, .kernel = kernel, .stride = stride, .channels = channels,
      .activation = variant % 4};
  k->convolve(&task);
  r->count = rows * columns * 48;
}

static void depthwise(const spae_kernels *k, result *r, int variant) {
  const int kernel = variant & 1 ? 5 : 3, stride = 1 + variant / 2 % 2;
  const size_t columns = 1 + variant % 13, rows = 4, width = columns * stride + 5;
  spae_depthwise task = {
      .input = input, .input_row = width * 32, .input_pixel = 32, .output = r->floats,
      .output_row = columns * 32, .output_pixel = 32, .weights = weights, .bias = bias,
      .weights_tap = 32, .rows = rows, .columns = columns, .kernel = kernel, .stride = stride,
      .channels = 32, .activation = variant % 4};
  k->convolve_depthwise(&task);
  r->count = rows * columns * 32;
}

// Whole numbers, whose sums are exact.
static void whole_depthwise(const spae_kernels *k, result *r, int variant) {
  static float steps[room], taps[25 * 32];
  for (size_t i = 0; i < room; i++) steps[i] = bytes[i] * 4;
  for (size_t i = 0; i < 25 * 32; i++) taps[i] = (float)(int8_t)bytes[i];
  const size_t columns = 1 + variant % 13, width = columns + 5;
  spae_depthwise task = {
      .input = steps, .input_row = width * 32, .input_pixel = 32, .bytes = r->bytes,
      .output_row = columns * 32, .output_pixel = 32, .weights = taps, .bias = steps,
      .weights_tap = 32, .rows = 4, .columns = columns, .kernel = variant & 1 ? 5 : 3,
      .stride = 1, .channels = 32, .scales = scales};
  k->convolve_depthwise(&task);
  r->count = 4 * columns * 32;
}

// A convolution of bytes whose zero is 128 in half of the variants.
static void byte_convolution(const spae_kernels *k, result *r, int variant) {
  enum { inputs = 20, outputs = 32 };
  const int kernel = variant % 2 ? 3 : 1, zero = variant / 2 % 2 ? 128 : 0;
  const int taps = kernel * kernel;
  const int8_t *own = (const int8_t *)bytes + 1000;
  static int32_t packed[room], sums[outputs];
  memset(packed, 0, sizeof packed);
  k->bytes->pack(own, outputs, inputs, taps, packed);
  for (int o = 0; o < outputs; o++) {
    sums[o] = (int32_t)(bias[o] * 1000);
    for (int i = 0; i < inputs * taps; i++)
      sums[o] += (k->bytes->offset - zero) * own[o * inputs * taps + i];
  }
  const size_t columns = 1 + variant % 19, width = columns + 3;
  const int is_bytes = variant % 5 == 4;
  spae_byte_convolution task = {
      .input = bytes, .input_row = width * 32, .input_pixel = 32, .output = r->floats,
      .output_row = columns * outputs, .output_pixel = outputs,
      .residual = variant % 5 == 1 ? residual : 0, .weights = packed, .bias = sums,
      .scales = scales, .blocks = outputs / 16, .rows = 3, .columns = columns, .kernel = kernel,
      .stride = 1, .channels = inputs, .limit = variant % 5 >= 2 ? 60 : 0,
      .is_rounded = variant % 5 == 3, .is_silu = variant % 10 == 6,
      .bytes = is_bytes ? r->bytes : 0, .inverse = 9, .zero = 3,
      .is_approximate = is_bytes && variant % 3 == 0, .added = is_bytes && variant % 2 ? bytes + 500 : 0};
  k->bytes->convolve(&task);
  r->count = 3 * columns * outputs;
}

// Of bytes, whose sums are exact, and of floats, whose products are added in one order.
static void byte_depthwise(const spae_kernels *k, result *r, int variant) {
  static float taps[9 * 32];
  const int is_exact = variant % 2, stride = 1 + variant / 2 % 2;
  for (size_t i = 0; i < 9 * 32; i++) taps[i] = is_exact ? (float)(int8_t)bytes[i] : weights[i];
  const size_t columns = 1 + variant % 19, width = columns * stride + 3;
  spae_byte_depthwise task = {
      .input = bytes, .floats = is_exact ? 0 : input, .input_row = width * 32, .input_pixel = 32,
      .output = r->bytes, .output_row = columns * 32, .output_pixel = 32,
      .weights = taps, .bias = bias, .scales = scales, .rows = 3, .columns = columns,
      .stride = stride, .channels = 32, .inverse = is_exact ? 30 : 3000, .zero = 90};
  k->bytes->convolve_depthwise(&task);
  r->count = 3 * columns * 32;
}

static void to_bytes(const spae_kernels *k, result *r, int variant) {
  k->to_bytes(input, r->bytes, r->count = 4096, 20.0f * (1 + variant));
}

static void normalise_to_bytes(const spae_kernels *k, result *r, int variant) {
  const size_t padded = 16 * (1 + variant % 4), channels = padded - variant % 3;
  k->normalise_to_bytes(input, r->bytes, gain, 50, padded, channels, 60);
  r->count = 50 * padded;
}

static void weights_to_bytes(const spae_kernels *k, result *r, int variant) {
  k->weights_to_bytes(halves, 16, 300 + variant, (int8_t *)r->bytes, r->floats);
  r->count = 16 * (300 + variant);
}

static void normalise(const spae_kernels *k, result *r, int variant) {
  k->normalise(input, r->floats, gain, 50, 32 + 16 * (variant % 3), 30);
  r->count = 50 * (32 + 16 * (variant % 3));
}

static void nearest(const spae_kernels *k, result *r, int variant) {
  static float norms[64 * 16];
  for (size_t i = 0; i < sizeof norms / sizeof *norms; i++) norms[i] = 3 + residual[i];
  k->nearest(input, r->count = 37 + variant, 24, weights, norms, 64, (int32_t *)r->bytes);
  r->count *= 4;
}

static void attend(const spae_kernels *k, result *r, int variant) {
  static float scratch[spae_queries * (64 + spae_lanes)];
  spae_attention task = {
      .queries = input, .query_stride = 32, .output = r->floats, .output_stride = 32,
      .keys = weights, .values = residual, .count = 11, .tokens = 40 + variant, .dim = 32,
      .scale = 0.2f, .scratch = scratch};
  k->attend(&task);
  r->count = 11 * 32;
}

static void score(const spae_kernels *k, result *r, int variant) {
  const size_t rows = 33, places = 1 + variant;
  k->score(halves, bias, rows, 64, input, places, r->floats, rows);
  r->count = rows * places;
}

static void widen(const spae_kernels *k, result *r, int variant) {
  k->widen(halves + variant, r->floats, r->count = 1000 + variant);
}

static void pack(const spae_kernels *k, result *r, int variant) {
  memset(r->floats, 0, sizeof r->floats);
  k->pack(halves, 30, 20 + variant, 9, r->floats);
  r->count = 32 * (20 + variant) * 9;
}

static void find(const spae_kernels *k, result *r, int variant) {
  uint16_t own[600];
  memcpy(own, halves, sizeof own);
  if (variant) own[40 * variant] = 0x7C00;
  const size_t found[2] = {k->find_infinite(own, 600),
                           k->find_above(input, variant, 5000, 0.9f + 0.01f * variant)};
  memcpy(r->bytes, found, r->count = sizeof found);
}

static void resample(const spae_kernels *k, result *r, int variant) {
  enum { columns = 40, rows = 20, taps = 8 };
  static int32_t first[columns], wide[columns * taps * 4], single[columns * taps];
  static int32_t scratch[4 * 256];
  const size_t source = 60 + variant;
  for (int i = 0; i < columns; i++) {
    first[i] = i * (rows * 2 - taps) / columns;
    for (int t = 0; t < taps; t++) {
      single[i * taps + t] = (int32_t)(((1 << spae_weight_bits) / taps) * (1 + residual[i * taps + t] / 4));
      for (int c = 0; c < 4; c++) wide[(i * taps + t) * 4 + c] = single[i * taps + t];
    }
  }
  memset(scratch, 0, sizeof scratch);
  spae_resampling across = {
      .source = bytes, .source_row = source * 3, .source_columns = source, .target = r->bytes,
      .target_row = columns * 3, .rows = rows, .columns = columns, .taps = taps, .first = first,
      .weights = wide, .scratch = scratch};
  k->resample_rows(&across);
  spae_resampling down = across;
  down.target = r->bytes + rows * columns * 3, down.weights = single;
  k->resample_columns(&down);
  r->count = 2 * rows * columns * 3;
}

static void count_colours(const spae_kernels *k, result *r, int variant) {
  static uint32_t bins[(1 << 15) * 4];
  memset(bins, 0, sizeof bins);
  k->count_colours(bytes + variant, 5000, bins);
  // The sums of all bins that share the low byte of their number.
  uint32_t *found = (uint32_t *)r->bytes;
  memset(found, 0, 4096);
  for (size_t i = 0; i < sizeof bins / sizeof *bins; i++) found[i % 1024] += bins[i] * (i / 1024 + 1);
  r->count = 4096;
}

static void oklab(const spae_kernels *k, result *r, int variant) {
  for (size_t i = 0; i < 768; i++) r->floats[i] = (input[i + variant] + 1) / 2;
  k->oklab(r->floats, r->floats + 256, r->floats + 512, 256);
  r->count = 768;
}

typedef struct {
  const char *name;
  trial *run;
  int variants;
  float tolerance;  // below 0: the result is bytes, which must be equal
  int floats_too;   // bytes and floats
} kernel_case;

static const kernel_case cases[] = {
    {"convolve", dense, 36, 2e-5f, 0},
    {"convolve_depthwise", depthwise, 26, 2e-5f, 0},
    {"convolve_depthwise, whole numbers", whole_depthwise, 26, -1, 0},
    {"convolve bytes", byte_convolution, 60, -1, 1},
    {"convolve_depthwise bytes", byte_depthwise, 38, -1, 0},
    {"to_bytes", to_bytes, 8, -1, 0},
    {"normalise_to_bytes", normalise_to_bytes, 12, -1, 0},
    {"weights_to_bytes", weights_to_bytes, 8, -1, 0},
    {"normalise", normalise, 6, 2e-6f, 0},
    {"nearest", nearest, 4, -1, 0},
    {"attend", attend, 16, 1e-5f, 0},
    {"score", score, 12, 2e-5f, 0},
    {"widen", widen, 8, 0, 0},
    {"pack", pack, 4, 0, 0},
    {"find_infinite, find_above", find, 8, -1, 0},
    {"resample", resample, 8, -1, 0},
    {"count_colours", count_colours, 3, -1, 0},
    {"oklab", oklab, 4, 1e-5f, 0},
};

static uint64_t sum_of(const void *memory, size_t count, uint64_t sum) {
  for (size_t i = 0; i < count; i++) sum = (sum ^ ((const uint8_t *)memory)[i]) * 1099511628211u;
  return sum;
}

static int differ(const kernel_case *own, const result *a, const result *b) {
  if (a->count != b->count || !a->count) return 1;
  if (own->tolerance < 0)
    return memcmp(a->bytes, b->bytes, a->count) ||
           (own->floats_too && memcmp(a->floats, b->floats, a->count * sizeof *a->floats));
  for (size_t i = 0; i < a->count; i++) {
    const float most = own->tolerance * (1 + __builtin_fabsf(b->floats[i]));
    if (!(__builtin_fabsf(a->floats[i] - b->floats[i]) <= most)) return 1;
  }
  return 0;
}

int main(void) {
  static result plain, found;
  int failures = 0;
  const spae_kernels *portable = spae_kernel_set(spae_kernel_sets() - 1);
  make_numbers();
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const kernel_case *own = &cases[i];
    uint64_t sum = 14695981039346656037u;
    for (int variant = 0; variant < own->variants; variant++) {
      memset(&plain, 0, sizeof plain);
      own->run(portable, &plain, variant);
      sum = sum_of(plain.bytes, plain.count, sum);
      if (own->floats_too) sum = sum_of(plain.floats, plain.count * sizeof(float), sum);
      for (size_t set = 0; set + 1 < spae_kernel_sets(); set++) {
        if (!spae_kernel_set_supported(set)) continue;
        const spae_kernels *kernels = spae_kernel_set(set);
        memset(&found, 0, sizeof found);
        own->run(kernels, &found, variant);
        if (differ(own, &found, &plain)) {
          failures++;
          fprintf(stderr, "%s: %s differs from plain C in variant %d\n", kernels->name, own->name,
                  variant);
        }
      }
    }
    if (own->tolerance < 0) printf("%s %016llx\n", own->name, (unsigned long long)sum);
  }
  fprintf(stderr, "sets:");
  for (size_t set = 0; set < spae_kernel_sets(); set++)
    if (spae_kernel_set_supported(set)) fprintf(stderr, " %s", spae_kernel_set(set)->name);
  fprintf(stderr, "\n");
  return failures > 0;
}
