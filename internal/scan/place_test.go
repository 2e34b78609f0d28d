package scan_test

import (
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/internal/secrettest"
	"github.com/keysift/keysift/rules"
)

// TestCharColumns: the column in code points is given where it is not the one in
// bytes.
func TestCharColumns(t *testing.T) {
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	sample := secrettest.Builtin(t, "github-personal-access-token", 1)
	engine := scan.New(set, scan.Options{})
	for _, tt := range []struct {
		before       string
		column, char int
	}{
		{"token = ", 9, 0},
		{"é\ntoken = ", 9, 0},
		{"é token = ", 12, 11},
		{"a\nüü𝄞 token = ", 18, 13},
		{"\xe9 token = ", 11, 0},
	} {
		found := engine.Match(&scan.Chunk{Path: "a.env", Data: []byte(tt.before + sample.Secret() + "\n")})
		if len(found) != 1 {
			t.Errorf("%q: %d findings, want 1", tt.before, len(found))
			continue
		}
		start, end := found[0].Start, found[0].End
		if start.Column != tt.column || start.Char != tt.char {
			t.Errorf("%q: starts in column %d, character %d, want %d and %d", tt.before, start.Column, start.Char, tt.column, tt.char)
		}
		if n := len(sample.Secret()); end.Column != tt.column+n || tt.char > 0 && end.Char != tt.char+n || tt.char == 0 && end.Char != 0 {
			t.Errorf("%q: ends in column %d, character %d", strings.TrimSpace(tt.before), end.Column, end.Char)
		}
	}
}
