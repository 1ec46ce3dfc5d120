#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <term.h>
#include <wchar.h>

static inline WINDOW *spae_curses_window(void) { return stdscr; }
static inline WINDOW *spae_curses_physical_screen(void) { return curscr; }
static inline int spae_curses_colours(void) { return COLORS; }
static inline int spae_curses_pairs(void) { return COLOR_PAIRS; }

static inline attr_t spae_curses_bold(void) { return A_BOLD; }
static inline attr_t spae_curses_faint(void) { return A_DIM; }
static inline attr_t spae_curses_italic(void) { return A_ITALIC; }
static inline attr_t spae_curses_underline(void) { return A_UNDERLINE; }
static inline attr_t spae_curses_reverse(void) { return A_REVERSE; }

// The C library declares it only to programs that ask for X/Open.
extern int wcwidth(wchar_t character);
static inline int spae_width(wchar_t character) { return wcwidth(character); }

// The pair travels in the options: as a short it would end at 32767.
static inline int spae_curses_put(
    int row, int column, const wchar_t *text, attr_t attributes, int pair) {
  cchar_t cell;
  if (setcchar(&cell, text, attributes, 0, &pair) == ERR) return ERR;
  return mvadd_wch(row, column, &cell);
}

static inline int spae_curses_put_one(
    int row, int column, wchar_t character, attr_t attributes, int pair) {
  wchar_t text[2] = {character, 0};
  return spae_curses_put(row, column, text, attributes, pair);
}

static inline int spae_curses_background(attr_t attributes, int pair) {
  cchar_t cell;
  if (setcchar(&cell, L" ", attributes, 0, &pair) == ERR) return ERR;
  return bkgrnd(&cell);
}

static inline int spae_terminfo_forget(void) { return del_curterm(cur_term); }
static inline const char *spae_terminfo_boolean(int number) { return boolnames[number]; }
static inline const char *spae_terminfo_number(int number) { return numnames[number]; }
static inline const char *spae_terminfo_string(int number) { return strnames[number]; }
