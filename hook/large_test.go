package hook

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/repo"
	"github.com/keysift/keysift/internal/scan"
)

// TestLarge holds content that is read in windows to what is found in it as a
// whole, in every encoding, with secrets where windows meet.
func TestLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("reads much")
	}
	e, tokens := engine(t)
	var b strings.Builder
	want := []string{}
	for b.Len() < maxWhole+3*scan.WindowSize {
		b.WriteString(strings.Repeat("a line of ordinary text, and another one\n", 4000+len(want)))
		b.WriteString("TOKEN=" + tokens[len(want)%len(tokens)] + "\n")
		want = append(want, "")
	}
	for _, tt := range []struct{ name, text string }{{"text", b.String()}, {"utf16", utf16le(b.String())}} {
		s := newSandbox(t)
		s.Git("config", "core.bigFileThreshold", "1g")
		s.Write("big", tt.text)
		s.Git("add", "-A")
		src, err := s.open().Staged(Options{})
		if err != nil {
			t.Fatal(err)
		}
		var got, whole []scan.Position
		for f, err := range src.Findings(t.Context(), e) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, f.Start)
		}
		for _, f := range e.Match(&scan.Chunk{Path: "big", Data: []byte(tt.text)}) {
			whole = append(whole, f.Start)
		}
		if !slices.Equal(got, whole) || len(got) != len(want) {
			t.Errorf("%s: %d findings in windows, %d in one piece, want %d alike:\n%v\n%v", tt.name, len(got), len(whole), len(want), got, whole)
		}
		if st := src.Stats(); st.Files != 1 || st.Bytes != int64(len(tt.text)) {
			t.Errorf("%s: stats %+v, want 1 file of %d bytes", tt.name, st, len(tt.text))
		}
	}
}

// TestLargeDamaged: a large object that is cut off is incomplete.
func TestLargeDamaged(t *testing.T) {
	e, _ := engine(t)
	s := newSandbox(t)
	var b strings.Builder
	for i := 0; b.Len() < maxWhole+1; i++ {
		b.WriteString(strings.Repeat("x", i%97))
		b.WriteByte(byte('a' + i*i%26))
	}
	s.Write("big", b.String())
	s.Git("config", "core.compression", "0")
	s.Git("add", "-A")
	r := s.open()
	id, err := repo.ParseHash(s.Git("rev-parse", ":big"))
	if err != nil {
		t.Fatal(err)
	}
	path := s.Path + "/.git/objects/" + id.String()[:2] + "/" + id.String()[2:]
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 12<<20); err != nil {
		t.Fatal(err)
	}
	src, err := r.Staged(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, errs := found(t, src, e); len(errs) != 1 || !strings.HasPrefix(errs[0], "big: bad-object") {
		t.Errorf("errors %q, want one of a bad object", errs)
	}
}
