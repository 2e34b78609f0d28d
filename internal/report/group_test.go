package report

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestGroupBy(t *testing.T) {
	run := &Run{Summary: &Summary{Complete: true}}
	for i, r := range []Record{
		{Provider: "B", Priority: 2, Path: "p1", Owners: []string{"@x", "@y"}},
		{Provider: "A", Priority: 3, Path: "p2"},
		{Provider: "B", Priority: 1, Path: "p3"},
		{Provider: "A", Priority: 2, Path: "p2", Owners: []string{"@x", "@y"}},
		{Priority: 1, Path: "p1", Advisory: "exposure"},
	} {
		r.Rule, r.Title, r.Length = "r", "Title", i
		run.Findings = append(run.Findings, &r)
	}
	for _, tt := range []struct{ by, want string }{
		{"", "2 0 3 1 4"},
		{"secret", "2 0 3 1 4"},
		{"provider", "B 2 0 A 3 1 Below the exposure that fails a run: no provider 4"},
		{"owner", "no owner 2 1 @x @y 0 3 Below the exposure that fails a run: no owner 4"},
		{"path", "p3 2 p1 0 p2 3 1 Below the exposure that fails a run: p1 4"},
	} {
		findings := append([]*Record(nil), run.Findings...)
		sortForPeople(findings, tt.by)
		var got []string
		last := ""
		for _, r := range findings {
			if now := heading(r, tt.by); now != last && tt.by != "" && tt.by != "secret" {
				got = append(got, now)
				last = now
			}
			got = append(got, fmt.Sprint(r.Length))
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("by %q: got %q, want %q", tt.by, s, tt.want)
		}
		for _, format := range []string{"text", "markdown", "html"} {
			render(t, &Run{Findings: findings, Summary: run.Summary}, format, Options{GroupBy: tt.by})
		}
	}
	if _, err := New("text", nil, Options{GroupBy: "colour"}); err == nil {
		t.Error("an unknown group is no error")
	}
	if _, err := New("xml", nil, Options{}); err == nil {
		t.Error("an unknown format is no error")
	}
}

func TestTextOptions(t *testing.T) {
	plain := render(t, sampleRun(false), "text", Options{})
	coloured := render(t, sampleRun(false), "text", Options{Color: true})
	if got := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(coloured, ""); got != plain || coloured == plain {
		t.Errorf("the coloured report without its colours differs from the plain one:\n%s", got)
	}
	terse := render(t, sampleRun(false), "text", Options{Terse: true})
	for _, s := range []string{"not looked at", "looked at 10 files"} {
		if !strings.Contains(plain, s) || strings.Contains(terse, s) {
			t.Errorf("%q: in the report %v, in the terse one %v; want true and false", s, strings.Contains(plain, s), strings.Contains(terse, s))
		}
	}
}

func TestSummaryText(t *testing.T) {
	for _, tt := range []struct {
		in             Summary
		headline, rest string
	}{
		{
			Summary{Complete: true, Files: 1, Rules: 1, Bytes: 999},
			"No findings", "looked at 1 file (999 B) with 1 rule in 0.00 s",
		},
		{
			Summary{Files: 1, Findings: 1, Bytes: 1000, Seconds: 61.2, Incomplete: map[string]int{"shallow": 1, "bad-object": 2}},
			"1 finding; the run is INCOMPLETE", "looked at 1 file (1.0 kB) with 0 rules in 61 s; could not look at 2 bad-object, 1 shallow",
		},
		{
			Summary{Complete: true, Blobs: 7, Commits: 2, Bytes: 3_700_000_000, Seconds: 1.04, Suppressed: SuppressedCounts{1, 2, 3}, BelowThreshold: 5},
			"No findings, 5 below the threshold, 6 suppressed (1 inline, 2 baseline, 3 config)", "looked at 7 blobs, 2 commits (3.7 GB) with 0 rules in 1.0 s",
		},
	} {
		if got := Headline(&tt.in); got != tt.headline {
			t.Errorf("Headline(%+v) = %q, want %q", tt.in, got, tt.headline)
		}
		if got := Coverage(&tt.in); got != tt.rest {
			t.Errorf("Coverage(%+v) = %q, want %q", tt.in, got, tt.rest)
		}
	}
}

func TestFormatOf(t *testing.T) {
	for name, want := range map[string]string{
		"a.json": "json", "a.JSONL": "jsonl", "b/a.sarif": "sarif", "a.xml": "junit", "a.md": "markdown", "a.html": "html", "a.csv": "csv", "a.txt": "text", "a": "", "a.bin": "",
	} {
		if got := FormatOf(name); got != want {
			t.Errorf("FormatOf(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestGitlabTimes(t *testing.T) {
	run := collect(CollectorOptions{})
	run.Summary.Seconds = 90
	got := render(t, run, "gitlab", Options{Start: time.Date(2024, 1, 2, 4, 4, 5, 0, time.FixedZone("", 3600))})
	for _, want := range []string{`"start_time": "2024-01-02T03:04:05"`, `"end_time": "2024-01-02T03:05:35"`, `"status": "success"`, `"vulnerabilities": []`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in:\n%s", want, got)
		}
	}
}
