package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/scan"
)

// stored returns a run after a way through jsonl.
func stored(t *testing.T, run *Run) *Run {
	t.Helper()
	back, err := ReadJSONL(strings.NewReader(render(t, run, "jsonl", Options{})))
	if err != nil {
		t.Fatal(err)
	}
	return back
}

// TestReadJSONL sees that a stored run gives the same report in each format.
func TestReadJSONL(t *testing.T) {
	for _, format := range Formats() {
		want := render(t, sampleRun(false), format, Options{Remedy: remedies})
		if got := render(t, stored(t, sampleRun(false)), format, Options{Remedy: remedies}); got != want {
			t.Errorf("%s differs after jsonl:\n%s\nwant\n%s", format, got, want)
		}
	}
}

func TestReadJSONLErrors(t *testing.T) {
	const valid = `"rule":"r","title":"t","kind":"hardcoded","severity":"high","confidence":"high","score":0.5,"priority":1,"path":"p"`
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"\ufeff{\"type\":\"finding\"," + valid + "}\r\n\n", ""},
		{`{"type":"finding","unknown":{"a":1},` + valid + `}`, ""},
		{"{", "line 1 is no JSON object; only the format jsonl is read: keysift scan --format jsonl writes it"},
		{"a.env:1: token", "line 1 is no JSON object; only the format jsonl is read"},
		{"\n[]", "line 2 is no JSON object; only the format jsonl is read"},
		{"<?xml version=\"1.0\"?>", "a report in XML or HTML; only the format jsonl is read"},
		{"{\"schema\":1,\n\"findings\":[]}", "a report of the format json; only the format jsonl is read"},
		{"{\"type\":\"summary\"}\n{", "line 2: no JSON object: byte 1: unexpected end of JSON input"},
		{`{"a":1}`, `line 1: no "type", want finding, incomplete or summary`},
		{`{"schema":1,"findings":[]}`, `a report of the format json; only the format jsonl is read: keysift scan --format jsonl writes it`},
		{`{"findings":[]}`, `line 1: a report of the format json`},
		{`{"type":"x"}`, `line 1: unknown type "x", want finding, incomplete or summary`},
		{`{"type":"incomplete"}`, `line 1: incomplete without a reason`},
		{`{"type":"finding"}`, `line 1: finding without a "rule"`},
		{`{"type":"finding","rule":"r"}`, `line 1: finding without a "path"`},
		{`{"type":"finding","rule":"r","path":"p","kind":"x"}`, `line 1: unknown kind "x", want one of ["hardcoded" "url" "log" "transport" "file"]`},
		{`{"type":"finding","rule":7}`, `line 1: field "rule": want string, got number`},
		{`{"type":"finding",` + strings.Replace(valid, "0.5", "1.5", 1) + `}`, `line 1: score 1.5 is not between 0 and 1`},
		{`{"type":"finding",` + valid + `,"exposure":"lost"}`, `line 1: unknown exposure "lost"`},
		{`{"type":"finding",` + valid + `,"start":{"line":-1,"column":1,"byte":0}}`, `line 1: negative position`},
		{`{"type":"finding",` + valid + `,"places":[{"path":"p"}],"places_total":0}`, `line 1: length and places_total do not fit the record`},
	} {
		_, err := ReadJSONL(strings.NewReader(tt.in))
		if got := fmt.Sprint(err); tt.want == "" && err != nil || tt.want != "" && !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: got %s, want %q", tt.in, got, tt.want)
		}
	}
}

func TestMerge(t *testing.T) {
	one, two := strongSecret(1), strongSecret(2)
	first := stored(t, collect(CollectorOptions{},
		withExposure(finding(vendorRule(), one, "a/x", 1), scan.Staged), withExposure(finding(vendorRule(), two, "a/y", 1), scan.Pushed)))
	second := stored(t, collect(CollectorOptions{},
		withExposure(finding(vendorRule(), one, "b/z", 4), scan.Pushed), withExposure(finding(vendorRule(), one, "a/x", 1), scan.Staged)))
	for _, runs := range [][]*Run{{first, second}, {second, first}} {
		merged := Merge(runs...)
		var got []string
		for _, r := range merged.Findings {
			got = append(got, describe(r))
		}
		want := []string{
			"example-token high pushed a/y:1 [a/y:1 ] 1",
			"example-token high pushed b/z:4 [b/z:4 ] [a/x:1 staged] 2",
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if s := merged.Summary; s.Findings != 2 || !s.Complete {
			t.Errorf("summary %+v, want 2 findings and complete", s)
		}
	}
	if len(first.Findings[0].Places) != 1 {
		t.Error("Merge changed a run that it was given")
	}
}

func TestMergeCutOff(t *testing.T) {
	run := stored(t, sampleRun(false))
	run.Summary = nil
	merged := Merge(run)
	if merged.Summary.Complete || len(merged.Incomplete) != 2 {
		t.Errorf("a run that was cut off is complete: %v, with %d incomplete records, want 2", merged.Summary.Complete, len(merged.Incomplete))
	}
}

func FuzzReadJSONL(f *testing.F) {
	f.Add(`{"type":"finding","rule":"r","kind":"url","severity":"low","confidence":"low","score":0.5,"path":"p","history":{"introduced":{}},"remediation":{}}`)
	f.Add(`{"type":"summary","incomplete":{"a":1}}`)
	f.Add(`{"type":"incomplete","reason":"r"}`)
	f.Fuzz(func(t *testing.T, s string) {
		run, err := ReadJSONL(strings.NewReader(s))
		if err != nil {
			return
		}
		merged := Merge(run, run)
		for _, format := range Formats() {
			got := render(t, merged, format, Options{})
			if format == "junit" {
				checkXML(t, got)
			}
			if format == "jsonl" {
				if _, err := ReadJSONL(strings.NewReader(got)); err != nil {
					t.Errorf("cannot read what was written: %v\n%s", err, got)
				}
			}
		}
	})
}
