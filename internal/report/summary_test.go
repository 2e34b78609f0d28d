package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// TestPolicySummary stores what two runs say of the policy, and merges it.
func TestPolicySummary(t *testing.T) {
	stored := func(p *PolicySummary) *Run {
		run, err := ReadJSONL(strings.NewReader(render(t, &Run{Summary: &Summary{Type: "summary", Complete: true, Policy: p}}, "jsonl", Options{})))
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	a := &PolicySummary{From: "main", Attempts: []string{"x", "y\x1b"}}
	b := &PolicySummary{From: "main", Attempts: []string{"y\x1b", "z"}}
	for _, tt := range []struct {
		a, b *PolicySummary
		want *PolicySummary
	}{
		{nil, nil, nil},
		{a, nil, a},
		{nil, b, b},
		{a, b, &PolicySummary{From: "main", Attempts: []string{"x", "y\x1b", "z"}}},
		{a, &PolicySummary{From: "dev"}, &PolicySummary{From: "main, dev", Attempts: a.Attempts}},
	} {
		got := Merge(stored(tt.a), stored(tt.b)).Summary.Policy
		if (got == nil) != (tt.want == nil) || got != nil && (got.From != tt.want.From || !slices.Equal(got.Attempts, tt.want.Attempts)) {
			t.Errorf("%v and %v: got %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
	if text := render(t, stored(a), "json", Options{}); bytes.ContainsRune([]byte(text), '\x1b') || !strings.Contains(text, `"policy":{"from":"main","attempts":["x",`) {
		t.Errorf("got %s", text)
	}
}
