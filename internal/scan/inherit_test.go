package scan_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// TestInheritedVerdicts holds verdicts that are handed down through chains of
// random edits, in and around what they depend on, to those of a fresh look.
func TestInheritedVerdicts(t *testing.T) {
	e := scan.New(judgedSet(t), scan.Options{})
	found := 0
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 7))
		path := [...]string{"a.yaml", "a.json", "a.py", "a.env", "a.txt", "a.go"}[seed%6]
		text := []byte(settings(rng, 40))
		var base, next scan.Trace
		e.MatchDelta(&scan.Chunk{Path: path, Data: text}, scan.Delta{}, &base)
		for step := range 12 {
			edited, runs := edit(rng, text)
			c := &scan.Chunk{Path: path, Data: edited}
			got := describe(e.MatchDelta(c, scan.Delta{Base: &base, Runs: runs}, &next))
			want := e.Match(c)
			if got != describe(want) {
				t.Fatalf("seed %d, step %d, %s: through the edit\n%s\nwant\n%s\nof\n%s", seed, step, path, got, describe(want), edited)
			}
			found += len(want)
			text, base, next = edited, next, base
		}
	}
	if found < 500 {
		t.Errorf("%d findings, want so many that the test says something", found)
	}
}

// settings returns lines of which some are for the judge.
func settings(rng *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		switch rng.IntN(8) {
		case 0:
			fmt.Fprintf(&b, "  password: \"%s\"\n", madeUp(9+rng.IntN(20), rng.Uint64()))
		case 1:
			fmt.Fprintf(&b, "api_token = '%s'\n", madeUp(20+rng.IntN(20), rng.Uint64()))
		case 2:
			b.WriteString("- name: DB_PASSWORD\n")
		case 3:
			fmt.Fprintf(&b, "  value: %s\n", madeUp(12, rng.Uint64()))
		case 4:
			b.WriteString("  user: admin\n")
		default:
			b.WriteString("a line of plain text, which says nothing\n")
		}
	}
	return b.String()
}

// edit returns an edited copy of text and how it was made.
func edit(rng *rand.Rand, text []byte) (out []byte, runs []rules.Run) {
	add := func(part []byte, base int) {
		if len(part) > 0 {
			runs = append(runs, rules.Run{Start: len(out), Len: len(part), Base: base})
			out = append(out, part...)
		}
	}
	at := 0
	for range 1 + rng.IntN(3) {
		to := at + rng.IntN(len(text)-at+1)
		add(text[at:to], at)
		if rng.IntN(3) > 0 {
			add([]byte(settings(rng, 1)), -1)
		}
		at = min(len(text), to+rng.IntN(60)*rng.IntN(2))
	}
	if rng.IntN(4) > 0 {
		add(text[at:], at)
	}
	if len(out) == 0 {
		add([]byte(settings(rng, 3)), -1)
	}
	return out, runs
}
