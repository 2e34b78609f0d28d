package report

import (
	"fmt"
	"strings"
	"testing"
)

// TestMarkdownLength holds reports with many findings to what GitHub takes, and
// to saying what they leave out.
func TestMarkdownLength(t *testing.T) {
	long := strings.Repeat("long/", 100)
	run := &Run{Summary: &Summary{Findings: 20_000, Policy: &PolicySummary{From: "main"}}}
	for i := range 20_000 {
		path := fmt.Sprintf("%s%d.env", long, i)
		run.Findings = append(run.Findings, &Record{
			Rule: "example-token", Title: "Example access token", Severity: "high", Confidence: "high", Priority: 1,
			Path: path, Start: Position{Line: 1, Column: 1}, Places: []Place{{Path: path, Line: 1}}, PlacesTotal: 1,
		})
		run.Incomplete = append(run.Incomplete, &Incomplete{Type: "incomplete", Reason: "unreadable", Path: path})
		run.Summary.Policy.Attempts = append(run.Summary.Policy.Attempts, path)
	}
	got := render(t, run, "markdown", Options{})
	if len(got) > maxMarkdown {
		t.Errorf("%d bytes, want at most %d", len(got), maxMarkdown)
	}
	for _, want := range []string{" further findings left out here", "The advice for ", " further places", " further attempts"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in the report", want)
		}
	}
}

func TestMarkdownPolicy(t *testing.T) {
	hostile := "a.env: a new comment `</code>\n### x"
	run := &Run{Summary: &Summary{Complete: true, Policy: &PolicySummary{From: "refs/remotes/origin/main", Attempts: []string{hostile}}}}
	got := render(t, run, "markdown", Options{})
	_, list, ok := strings.Cut(got, "### Without effect, since it is not so in `refs/remotes/origin/main`\n\n")
	if !ok || strings.Count(list, "\n") != 1 || !strings.Contains(list, `a new comment`) {
		t.Errorf("got %q", got)
	}
}
