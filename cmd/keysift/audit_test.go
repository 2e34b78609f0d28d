package main

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func TestMask(t *testing.T) {
	for _, tt := range []struct {
		text  string
		parts []masked
		want  string
	}{
		{"a = kst_weak\n", []masked{{4, 12, "kst_…"}}, "a = kst_…\n"},
		{"a = kst_weak, kst_more\n", []masked{{14, 22, "…"}, {4, 12, "kst_…"}}, "a = kst_…, …\n"},
		{"one\ntwo\nthree\nfour", []masked{{4, 13, "…"}}, "one\n…\n\nfour"},
		{"kst_weak", []masked{{0, 6, "…"}, {3, 8, "+"}}, "…+"},
		{"kst_weak", []masked{{0, 8, "…"}, {3, 5, "+"}}, "…"},
		{"short", []masked{{2, 99, "…"}}, "short"},
	} {
		got := string(mask([]byte(tt.text), tt.parts))
		if got != tt.want {
			t.Errorf("%q without %v is %q, want %q", tt.text, tt.parts, got, tt.want)
		}
	}
}

// FuzzMask: nothing of a part is shown but what stands in for it, and lines keep
// their numbers.
func FuzzMask(f *testing.F) {
	f.Add("one\ntwo\nthree", int64(2), int64(9), int64(4), int64(5))
	f.Fuzz(func(t *testing.T, text string, a, b, c, d int64) {
		got := mask([]byte(text), []masked{{a, b, "#"}, {c, d, "#"}})
		if g, w := strings.Count(string(got), "\n"), strings.Count(text, "\n"); g != w {
			t.Errorf("%q without %d to %d and %d to %d has %d lines, want %d", text, a, b, c, d, g, w)
		}
		hidden := func(i int) bool {
			in := func(start, end int64) bool {
				return 0 <= start && start <= int64(i) && int64(i) < end && end <= int64(len(text))
			}
			return in(a, b) || in(c, d)
		}
		var want []byte
		for i := range len(text) {
			if !hidden(i) {
				want = append(want, text[i])
			}
		}
		strip := strings.NewReplacer("\n", "", "#", "")
		if g, w := strip.Replace(string(got)), strip.Replace(string(want)); g != w {
			t.Errorf("%q without %d to %d and %d to %d shows %q, want %q", text, a, b, c, d, g, w)
		}
	})
}

func TestReadKey(t *testing.T) {
	all := choices()
	for _, tt := range []struct {
		sent   string
		letter byte
		move   int
		err    error
	}{
		{"y", 'y', 0, nil},
		{"N", 'n', 0, nil},
		{"\r", all[2].letter, 0, nil},
		{"\x1b[C", 0, 1, nil},
		{"\x1bOD", 0, -1, nil},
		{"\x1b[A", 0, -1, nil},
		{"\x1b[B", 0, 1, nil},
		{"\x1b", 0, 0, nil},
		{"z", 0, 0, nil},
		{"\x03", 0, 0, io.EOF},
		{"\x04", 0, 0, io.EOF},
		{"", 0, 0, io.EOF},
	} {
		c, move, err := readKey(strings.NewReader(tt.sent), all, 2)
		letter := byte(0)
		if c != nil {
			letter = c.letter
		}
		if letter != tt.letter || move != tt.move || !errors.Is(err, tt.err) {
			t.Errorf("%q: got %q, %d, %v; want %q, %d, %v", tt.sent, letter, move, err, tt.letter, tt.move, tt.err)
		}
	}
}

func TestDecision(t *testing.T) {
	now := time.Date(2030, 6, 15, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		d    decision
		want string
	}{
		{decision{}, ""},
		{decision{status: "revoked", expires: "2030-06-15"}, ""},
		{decision{expires: "2030-06-14"}, "--expires: 2030-06-14 is over"},
		{decision{expires: "tomorrow"}, `--expires: "tomorrow" is no date; write for example 2031-12-31`},
		{decision{status: "ok"}, `--status: unknown status "ok", want one of false-positive, test, revoked, accepted`},
	} {
		got := ""
		if err := tt.d.check(now); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%+v: got %q, want %q", tt.d, got, tt.want)
		}
	}
}
