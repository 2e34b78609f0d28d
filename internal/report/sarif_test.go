package report

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/scan"
)

// at follows keys (strings) and indexes (ints) into decoded JSON.
func at(t *testing.T, v any, path ...any) any {
	t.Helper()
	for i, step := range path {
		switch key := step.(type) {
		case string:
			m, ok := v.(map[string]any)
			if !ok || m[key] == nil {
				t.Fatalf("no %v in %v", path[:i+1], v)
			}
			v = m[key]
		case int:
			list, ok := v.([]any)
			if !ok || key >= len(list) {
				t.Fatalf("no %v in %v", path[:i+1], v)
			}
			v = list[key]
		}
	}
	return v
}

func sarifOf(t *testing.T, run *Run, opts Options) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(render(t, run, "sarif", opts)), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestSARIFRequired holds the report to the properties that the schema of
// SARIF 2.1.0 and GitHub's reading of it require.
func TestSARIFRequired(t *testing.T) {
	log := sarifOf(t, sampleRun(false), Options{Remedy: remedies})
	if got := at(t, log, "version"); got != "2.1.0" {
		t.Errorf("version %v", got)
	}
	rules := at(t, log, "runs", 0, "tool", "driver", "rules").([]any)
	for _, rule := range rules {
		for _, path := range [][]any{
			{"id"}, {"shortDescription", "text"}, {"fullDescription", "text"}, {"help", "text"}, {"help", "markdown"}, {"helpUri"},
			{"defaultConfiguration", "level"}, {"properties", "security-severity"}, {"properties", "tags", 0},
		} {
			if at(t, rule, path...) == "" {
				t.Errorf("rule %v: %v is empty", at(t, rule, "id"), path)
			}
		}
	}
	results := at(t, log, "runs", 0, "results").([]any)
	if len(results) != 4 {
		t.Errorf("%d results, want 4", len(results))
	}
	levels := map[string]bool{"none": true, "note": true, "warning": true, "error": true}
	for _, r := range results {
		index := int(at(t, r, "ruleIndex").(float64))
		if got, want := at(t, rules[index], "id"), at(t, r, "ruleId"); got != want {
			t.Errorf("ruleIndex %d is %v, want %v", index, got, want)
		}
		if !levels[at(t, r, "level").(string)] || at(t, r, "message", "text") == "" {
			t.Errorf("result without level or message: %v", r)
		}
		if got := at(t, r, "partialFingerprints", "keysift/v1").(string); !strings.HasPrefix(got, "ks1-") {
			t.Errorf("fingerprint %q", got)
		}
		for _, l := range at(t, r, "locations").([]any) {
			uri := at(t, l, "physicalLocation", "artifactLocation", "uri").(string)
			if strings.ContainsAny(uri, " `|<>\"") || at(t, l, "physicalLocation", "artifactLocation", "uriBaseId") != "SRCROOT" {
				t.Errorf("artifactLocation %v", l)
			}
			if at(t, l, "physicalLocation", "region", "startLine").(float64) < 1 {
				t.Errorf("region %v", l)
			}
		}
	}
	if got := at(t, results[2], "suppressions", 0, "kind"); got != "external" {
		t.Errorf("suppression of kind %v, want external", got)
	}
	invocation := at(t, log, "runs", 0, "invocations", 0)
	if at(t, invocation, "executionSuccessful") != false || at(t, invocation, "toolExecutionNotifications", 0, "descriptor", "id") != "incomplete/unreadable" {
		t.Errorf("invocation %v", invocation)
	}
}

func TestSARIFPaths(t *testing.T) {
	for _, tt := range []struct{ path, uri, base string }{
		{"a/b c.env", "a/b%20c.env", "SRCROOT"},
		{"/abs/a%b", "file:///abs/a%25b", ""},
		{"C:/x y", "file:///C:/x%20y", ""},
		{"größe:1", "gr%C3%B6%C3%9Fe%3A1", "SRCROOT"},
		{"sub/in/repo", "in/repo", "SRCROOT"},
	} {
		run := collect(CollectorOptions{}, finding(vendorRule(), strongSecret(1), tt.path, 1))
		log := sarifOf(t, run, Options{Relative: func(p string) string { return strings.TrimPrefix(p, "sub/") }})
		artifact := at(t, log, "runs", 0, "results", 0, "locations", 0, "physicalLocation", "artifactLocation").(map[string]any)
		base, _ := artifact["uriBaseId"].(string)
		if artifact["uri"] != tt.uri || base != tt.base {
			t.Errorf("%q: uri %v, base %q; want %q, %q", tt.path, artifact["uri"], base, tt.uri, tt.base)
		}
	}
}

func TestSARIFInlineSuppression(t *testing.T) {
	f := finding(vendorRule(), strongSecret(1), "a", 1)
	f.Suppressed = &scan.Suppression{By: "inline", Reason: "a sample"}
	log := sarifOf(t, collect(CollectorOptions{ShowSuppressed: true}, f), Options{})
	s := at(t, log, "runs", 0, "results", 0, "suppressions", 0)
	if at(t, s, "kind") != "inSource" || at(t, s, "justification") != "a sample" {
		t.Errorf("suppression %v", s)
	}
}

// TestSarifColumns: SARIF counts code points, where they are known.
func TestSarifColumns(t *testing.T) {
	for _, tt := range []struct {
		start, end Position
		want       string
	}{
		{Position{Line: 1, Column: 7, Byte: 6, Char: 6}, Position{Line: 1, Column: 17, Byte: 16, Char: 16}, `"startLine": 1, "startColumn": 6, "endLine": 1, "endColumn": 16, "byteOffset": 6, "byteLength": 10`},
		{Position{Line: 1, Column: 7, Byte: 6}, Position{Line: 1, Column: 17, Byte: 16}, `"startLine": 1, "startColumn": 7, "endLine": 1, "endColumn": 17, "byteOffset": 6, "byteLength": 10`},
	} {
		r := collect(CollectorOptions{}, finding(vendorRule(), strongSecret(1), "a.env", 1)).Findings[0]
		r.Start, r.End = tt.start, tt.end
		got := strings.Join(strings.Fields(render(t, &Run{Findings: []*Record{r}}, "sarif", Options{})), " ")
		if !strings.Contains(got, tt.want) {
			t.Errorf("start %+v, end %+v: got %s, want %s in it", tt.start, tt.end, got, tt.want)
		}
	}
}
