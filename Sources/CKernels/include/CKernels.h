// The inner loops of the engine. One source (body.h) is compiled for each instruction set.
//
// Planes are float32, [row, column, channel] with channels padded to 16, and the strides below are
// counted in floats. Every output pixel runs the same sequence of operations whatever the rectangle,
// the tile or the thread it is computed in, so that parts of a plane equal the whole bit for bit.
#ifndef SPAE_CKERNELS_H
#define SPAE_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

// Lanes of a packed vector, blocks of so many channels that are faster computed together, and the
// most queries that attention takes at a time.
enum { spae_lanes = 16, spae_blocks = 2, spae_queries = 8 };

typedef enum { spae_identity = 0, spae_silu = 1, spae_relu6 = 2, spae_relu = 3 } spae_activation;

// A pixel of a plane.
typedef struct {
  uint32_t row, column;
} spae_cell;

// A dense convolution on a rectangle of output pixels.
typedef struct {
  const float *input;  // the first tap of the first output pixel
  size_t input_row, input_pixel;
  float *output;  // the first output pixel, first channel of the blocks
  size_t output_row, output_pixel;
  const float *residual;  // added after the activation, strided like the output; may be null
  const float *weights;   // [block][ky][kx][input channel][16]
  const float *bias;      // [block][16]
  size_t blocks;          // of 16 output channels each
  size_t rows, columns;   // of the rectangle
  size_t kernel, stride, channels;
  spae_activation activation;
  // Unless null, a result is sum x scale, [block][16]; with a limit above 0 between 0 and that, and
  // rounded to a whole number, half to even.
  const float *scales;
  float limit;
  // Unless null, `columns` pixels anywhere, counted from the first one, in place of a rectangle.
  const spae_cell *cells;
} spae_convolution;

// A depthwise convolution on a rectangle; weights [ky][kx][channel], channels a multiple of 16. They
// may be some of more channels: `weights_tap` floats part a channel's weights.
typedef struct {
  const float *input;
  size_t input_row, input_pixel;
  float *output;
  size_t output_row, output_pixel;
  const float *weights, *bias;
  size_t weights_tap;
  size_t rows, columns, kernel, stride, channels;
  spae_activation activation;
  // Unless null, results are bytes: sum x scale, between 0 and 255 and rounded, half to even. The
  // output's strides are counted in bytes then.
  uint8_t *bytes;
  const float *scales;  // [channel]
} spae_depthwise;

// A dense convolution of bytes on a rectangle of output pixels. Sums are exact in 32 bits; the result is
// sum x scale, limited and rounded or its SiLU if asked to, plus the residual; or bytes of its SiLU.
// Strides of the input are counted in bytes, those of the output in floats.
typedef struct {
  const uint8_t *input;  // the first tap of the first output pixel
  size_t input_row, input_pixel;
  float *output;  // the first output pixel, first channel of the blocks
  size_t output_row, output_pixel;
  const float *residual;  // strided like the output; may be null
  const void *weights;    // signed bytes, packed by the same kernels
  const int32_t *bias;    // [block][16], with what the kernels' offset takes away
  const float *scales;    // [block][16]
  size_t blocks;          // of 16 output channels each
  size_t rows, columns;   // of the rectangle
  size_t kernel, stride, channels;  // channels of the input, a multiple of 4
  float limit;            // above 0: results are between 0 and it
  int is_rounded;         // to whole numbers, half to even
  int is_silu;            // of floats
  // Unless null, the output is bytes, its strides too: SiLU of the result x inverse, rounded half to
  // even, plus zero, between 0 and 255.
  uint8_t *bytes;
  float inverse, zero;
  int is_approximate;    // the bytes' SiLU is x times a polynomial
  const uint8_t *added;  // bytes of the same zero and strides that are added before that; may be null
} spae_byte_convolution;

// A depthwise convolution of 3 x 3 on a rectangle that gives bytes of its approximate SiLU, as above. Its
// input is bytes, whose sums are exact (their zero is in the bias), or floats, whose products are added
// in the order of the taps, each rounded. Strides are counted in what each is made of; channels are a
// multiple of 16.
typedef struct {
  const uint8_t *input;
  const float *floats;  // in place of bytes, unless null
  size_t input_row, input_pixel;
  uint8_t *output;
  size_t output_row, output_pixel;
  const float *weights, *bias, *scales;  // [ky][kx][channel], [channel], [channel]
  size_t rows, columns, stride, channels;
  float inverse, zero;
} spae_byte_depthwise;

// One head of attention for `count` queries; dim is a multiple of 16. The last 16 keys may be fewer
// than 16 tokens: there is room for all, and what stands in the others is not looked at.
typedef struct {
  const float *queries;  // [count][dim]
  size_t query_stride;
  float *output;  // [count][dim]
  size_t output_stride;
  const float *keys;    // [tokens / 16, rounded up][dim][16]
  const float *values;  // [tokens][dim]
  size_t count, tokens, dim;
  float scale;
  float *scratch;  // [spae_queries][tokens, to a multiple of 16, and 16]
} spae_attention;

// The bits of a weight's fraction in a resampling.
enum { spae_weight_bits = 22 };

// One pass of a resampling of RGB in fixed point: each output is a weighted sum of `taps`
// neighbouring inputs, a multiple of 4 along rows. Strides are counted in bytes.
typedef struct {
  const uint8_t *source;
  size_t source_row, source_columns;
  uint8_t *target;
  size_t target_row;
  size_t rows, columns;    // of the target
  size_t taps;
  const int32_t *first;    // the first input of each output
  const int32_t *weights;  // [output][taps], along rows each four times
  int32_t *scratch;        // along rows: [source_columns + taps][4], zero behind the source
} spae_resampling;

// The parts of a picture that error diffusion works on at once.
enum { spae_bands = 4 };

// Error diffusion (Floyd and Steinberg, 1976), every second row from right to left.
typedef struct {
  const uint8_t *pixels;  // [height][width][3]
  size_t width, height;
  const float *palette;   // [colour][4], of 0 to 255
  const float *axes;      // the same, [3][colours], padded with what is far away
  size_t colours;         // a multiple of 16
  int16_t *known;         // the nearest colour by five bits of each channel, or -1: [1 << 15]
  float *errors;          // zero at first: [2][spae_bands][width + 2][4]
  uint8_t *indices;       // [height][width]
} spae_diffusion;

// Cells of a picture in 16 colours, two to a cell: a pattern of the four pixels parts them.
typedef struct {
  const float *places;   // Oklab of four pixels and of their mean: [3][5][padded]
  size_t cells, padded;  // padded to a multiple of 16
  const float *colours;  // Oklab: [3][16]
  // Of two colours' light mixed, by the quarters in front: [3][quarters - 1][in front][behind].
  const float *mixtures;
  float detail;             // what a pixel's error weighs beside that of the mean
  const uint8_t *patterns;  // the bits of the pixels in front, one to three of them: [count]
  size_t count;
  int32_t *found;  // [cells], the pattern's number << 8 | in front << 4 | behind
} spae_mixing;

// The same numbers on every instruction set.
typedef struct {
  size_t weight_bytes;  // of a packed weight
  int32_t offset;       // what is subtracted from each byte of the input
  void (*convolve)(const spae_byte_convolution *task);
  void (*convolve_depthwise)(const spae_byte_depthwise *task);
  // Weights [outputs][inputs][taps]; `packed` is zero at first and has room for outputs in multiples
  // of 16 and inputs in multiples of 4.
  void (*pack)(const int8_t *weights, size_t outputs, size_t inputs, size_t taps, void *packed);
} spae_byte_kernels;

typedef struct {
  const char *name;
  const spae_byte_kernels *bytes;
  // Runs one block of 16 output channels.
  void (*convolve)(const spae_convolution *task);
  void (*convolve_depthwise)(const spae_depthwise *task);
  // Numbers as bytes: value x inverse, between -128 and 127 and rounded, half to even, plus 128.
  void (*to_bytes)(const float *values, uint8_t *bytes, size_t count, float inverse);
  // Numbers normalised as below, `channels` of them padded with zeros to a multiple of 16, as bytes:
  // the same bits on every instruction set.
  void (*normalise_to_bytes)(const float *input, uint8_t *bytes, const float *gain, size_t pixels,
                             size_t padded, size_t channels, float inverse);
  // The rows of float16 weights as bytes: a row's largest magnitude becomes 127, and what the row is
  // multiplied by goes to `inverses` (1 for a row of zeros).
  void (*weights_to_bytes)(const uint16_t *halves, size_t rows, size_t count, int8_t *bytes,
                           float *inverses);
  // output = input / sqrt(mean of squares over `channels` + 1e-6) * gain, for `pixels` neighbours.
  void (*normalise)(const float *input, float *output, const float *gain, size_t pixels,
                    size_t padded, size_t channels);
  // For each target [count, d] the row of codes with the smallest distance; ties to the lowest.
  // codes are packed [V / 16][d][16] and half_norms [V] hold |e|^2 / 2, both padded: the
  // norms of the padding are infinite.
  void (*nearest)(const float *targets, size_t count, size_t d, const float *codes,
                  const float *half_norms, size_t blocks, int32_t *words);
  // One head of attention: softmax(q k^T * scale) v.
  void (*attend)(const spae_attention *task);
  // scores[p * stride + row] = table row . texts[p] - bias[row], for rows of float16.
  void (*score)(const uint16_t *table, const float *bias, size_t rows, size_t width,
                const float *texts, size_t places, float *scores, size_t stride);
  void (*widen)(const uint16_t *halves, float *floats, size_t count);
  // Weights [outputs][inputs][taps] as [outputs / 16][taps][inputs][16]; the padding is not written.
  void (*pack)(const uint16_t *halves, size_t outputs, size_t inputs, size_t taps, float *packed);
  // The place of the first infinity or not-a-number, or `count`.
  size_t (*find_infinite)(const uint16_t *halves, size_t count);
  // The first place at or after `from` with a value above the threshold, or `count`.
  size_t (*find_above)(const float *values, size_t from, size_t count, float threshold);
  // The two passes of a resampling; the same numbers on every instruction set.
  void (*resample_rows)(const spae_resampling *task);
  void (*resample_columns)(const spae_resampling *task);
  // 12 x 16 x `rounds` multiplications with additions that do not wait for each other, of
  // numbers[0] and numbers[1]; numbers[0] becomes their sum.
  void (*multiply_add)(float *numbers, size_t rounds);
  // Adds RGB to the sums of bins by five bits of each channel: [1 << 15][red, green, blue, count].
  void (*count_colours)(const uint8_t *pixels, size_t count, uint32_t *bins);
  // Chooses a palette's colour for each pixel, and hands what is left over to its neighbours.
  void (*diffuse)(const spae_diffusion *task);
  // Light of 0 to 1 becomes Oklab in the same memory; `count` is a multiple of 16.
  void (*oklab)(float *red, float *green, float *blue, size_t count);
  // The pattern and the two colours that come nearest to each cell.
  void (*mix)(const spae_mixing *task);
} spae_kernels;

// Weights [outputs][inputs][taps] as [outputs / 16][taps][inputs][16]; the padding is not written.
void spae_pack_halves(const uint16_t *halves, size_t outputs, size_t inputs, size_t taps,
                      uint16_t *packed);

// Tells the processor that this thread waits for another.
static inline void spae_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// Asks for memory that is read soon; the second cache has room for it.
static inline void spae_prefetch(const void *memory, size_t bytes) {
  for (size_t i = 0; i < bytes; i += 64) __builtin_prefetch((const char *)memory + i, 0, 2);
}

// The SHA-256 of bytes (FIPS 180-4), by the processor's own instructions where it has them; the other
// does without.
void spae_sha256(const void *bytes, size_t count, uint8_t digest[32]);
void spae_sha256_portable(const void *bytes, size_t count, uint8_t digest[32]);

// The instruction sets compiled in, fastest first; `supported` says whether this processor has it.
size_t spae_kernel_sets(void);
const spae_kernels *spae_kernel_set(size_t index);
int spae_kernel_set_supported(size_t index);
// The fastest that this processor has.
const spae_kernels *spae_fastest_kernels(void);

#endif
