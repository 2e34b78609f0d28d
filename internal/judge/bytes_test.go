package judge

import (
	"bytes"
	"testing"
)

func FuzzLastNewline(f *testing.F) {
	for _, s := range []string{"", "\n", "a\nb", "01234567\n", "\n01234567", "\x0b\n\x0b\x0b\x0b\x0b\x0b\x0b\x0b", "\x8a\n\x8a\x8a\x8a\x8a\x8a\x8a\x8a", "no line feed in this"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, s []byte) {
		if got, want := LastNewline(s), bytes.LastIndexByte(s, '\n'); got != want {
			t.Fatalf("LastNewline(%q) = %d, want %d", s, got, want)
		}
	})
}
