package policy

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// finding returns a finding of rule at path:line:column.
func finding(rule, secret, path string, line, column int) scan.Finding {
	return scan.Finding{
		Rule: &rules.Rule{ID: rule, Aliases: []string{rule + "-alias"}}, Secret: scan.NewSecret(secret, 0), Path: path,
		Start: scan.Position{Line: line, Column: column}, Severity: rules.High,
	}
}

// print is a fingerprint that tests can foresee: of a length and nothing else.
func print(_ *Baseline, f *scan.Finding) string { return fmt.Sprintf("ks1-%032x", f.Secret.Len()) }

func TestAllowEntries(t *testing.T) {
	for _, tt := range []struct {
		entry  string // without its reason
		line   string
		commit string
		want   bool
	}{
		{entry: "rule = 'r'", want: true},
		{entry: "rule = 'r-alias'", want: true},
		{entry: "rule = ['x', 'r']", want: true},
		{entry: "rule = 'x'"},
		{entry: "path = 'dir/'", want: true},
		{entry: "path = 'other'"},
		{entry: "path = ['other', '*.env']", want: true},
		{entry: "path-regexp = '^dir/.*env$'", want: true},
		{entry: "path-regexp = '^env'"},
		{entry: "rule = 'r'\npath = 'other'"},
		{entry: "secret = '^kst_'", want: true},
		{entry: "secret = '^abc'"},
		{entry: "stopword = 'WEAK'", want: true},
		{entry: "stopword = 'strong'"},
		{entry: "stopword = 'weak'\nsecret = 'strong'"},
		{entry: "line = 'PASSWORD'", line: "PASSWORD=kst_weak", want: true},
		{entry: "line = 'PASSWORD'", line: "x=kst_weak"},
		{entry: "match = 'PASSWORD=.*'", line: "PASSWORD=kst_weak", want: true},
		{entry: "match = 'PASSWORD'", line: "PASSWORD=kst_weak"},
		{entry: "match = 'k[a-z]'", line: "PASSWORD=kst_weak", want: true},
		{entry: "commit = '0123456'", commit: "0123456789", want: true},
		{entry: "commit = '0123456'", commit: "9990123456"},
		{entry: "commit = '0123456'"},
		{entry: "fingerprint = 'ks1-00000000000000000000000000000008'", want: true},
		{entry: "fingerprint = 'ks1-00000000000000000000000000000009'"},
		{entry: "rule = 'r'\nexpires = 2031-01-01", want: true},
		{entry: "rule = 'r'\nexpires = '2030-01-01'", want: true},
		{entry: "rule = 'r'\nexpires = 2029-12-31"},
	} {
		c := load(t, "", "c.toml", files{"c.toml": "[[allow]]\nreason = 'why'\n" + tt.entry + "\n"})
		p := New(Options{Config: c, Fingerprint: print, Now: day("2030-01-01").Add(23 * time.Hour)})
		f := finding("r", "kst_weak", "dir/app.env", 1, 1)
		if tt.commit != "" {
			f.Origin = &scan.Origin{Commit: tt.commit}
		}
		f.Suppressed, _ = p.Comment(f.Path, f.Rule, []byte(tt.line), nil)
		got := p.Decide(&f)
		if (got != nil) != tt.want {
			t.Errorf("%q on line %q: got %v, want %v", tt.entry, tt.line, got, tt.want)
		}
		if got != nil && (got.By != "config" || got.Reason != "why") {
			t.Errorf("%q: got %+v", tt.entry, got)
		}
		if n := len(p.Unused()); (n == 0) != tt.want {
			t.Errorf("%q: %d entries unused", tt.entry, n)
		}
	}
}

func TestSeverity(t *testing.T) {
	c := load(t, "", "c.toml", files{"c.toml": "[[severity]]\npath = 'test/'\nset = 'low'\n[[severity]]\npath = 'test/prod'\nset = 'critical'\n"})
	p := New(Options{Config: c})
	for path, want := range map[string]rules.Severity{"test/a": rules.Low, "test/prod/a": rules.Critical, "a": rules.High} {
		for f, err := range p.Apply(sequence(finding("r", "kst_weak", path, 1, 1))) {
			if err != nil || f.Severity != want {
				t.Errorf("%s: severity %v (%v), want %v", path, f.Severity, err, want)
			}
		}
	}
}

func sequence(findings ...scan.Finding) iter.Seq2[scan.Finding, error] {
	return func(yield func(scan.Finding, error) bool) {
		for _, f := range findings {
			if !yield(f, nil) {
				return
			}
		}
	}
}

func TestRequire(t *testing.T) {
	in := []scan.Finding{
		finding("secret", "kst_one", "a", 10, 1), finding("id", "kst_id", "a", 12, 5),
		finding("secret", "kst_two", "b", 10, 1),
		finding("secret", "kst_three", "c", 10, 1), finding("id", "kst_id", "c", 13, 1),
		finding("other", "kst_four", "c", 20, 1),
	}
	for _, tt := range []struct{ require, want string }{
		{"", "a:10 c:10"},
		{"lines = 2", "a:10"},
		{"lines = 2\ncolumns = 3", ""},
		{"columns = 4", "a:10 c:10"},
	} {
		c := load(t, "", "c.toml", files{"c.toml": "[[require]]\nrule = 'secret'\nwith = 'id-alias'\n" + tt.require + "\n"})
		var got []string
		all := 0
		for f := range New(Options{Config: c}).Apply(sequence(in...)) {
			all++
			if f.Rule.ID != "secret" && f.Suppressed != nil {
				t.Errorf("%q: %+v suppresses a finding that nothing is required of", tt.require, f.Suppressed)
			}
			if s := f.Suppressed; s != nil && (s.By != "config" || !strings.HasPrefix(s.Reason, "c.toml:1: requires secret with id-alias")) {
				t.Errorf("%q: suppressed by %+v", tt.require, s)
			}
			if f.Rule.ID == "secret" && f.Suppressed == nil {
				got = append(got, fmt.Sprintf("%s:%d", f.Path, f.Start.Line))
			}
		}
		if s := strings.Join(got, " "); s != tt.want || all != len(in) {
			t.Errorf("%q: got %q of %d findings, want %q of %d", tt.require, s, all, tt.want, len(in))
		}
	}
}

// TestRequireAndComment: a comment is what suppresses a finding before what its
// rule requires; a line that waits for the configuration is not taken for one.
func TestRequireAndComment(t *testing.T) {
	c := load(t, "", "c.toml", files{"c.toml": "[[require]]\nrule = 'secret'\nwith = 'id'\n[[allow]]\nline = 'x'\nreason = 'why'\n"})
	for line, want := range map[string]string{"x": "config", "y # " + ownMarker + " secret a sample": "inline"} {
		p := New(Options{Config: c})
		f := finding("secret", "kst_one", "a", 10, 1)
		f.Suppressed, _ = p.Comment("a", f.Rule, []byte(line), nil)
		for f := range p.Apply(sequence(f)) {
			if f.Suppressed == nil || f.Suppressed.By != want || f.Suppressed.Reason == "" {
				t.Errorf("%q: suppressed by %+v, want %s", line, f.Suppressed, want)
			}
		}
	}
}

// TestOrder: a comment decides before the configuration, and that before a
// baseline. What counts is shown with its reason.
func TestOrder(t *testing.T) {
	entry := Entry{Fingerprint: print(nil, new(scan.Finding)), Status: "test", Reason: "made up"}
	f := finding("r", "kst_weak", "a", 1, 1)
	entry.Fingerprint = print(nil, &f)
	b := &Baseline{Name: "b.json"}
	b.Add(entry)
	allow := load(t, "", "c.toml", files{"c.toml": "[[allow]]\nline = 'x'\nreason = 'why'\n"})
	for _, tt := range []struct {
		line   string
		config *Config
		want   string
	}{
		{"x # " + ownMarker + " r a sample", allow, "inline a sample"},
		{"x", allow, "config why"},
		{"y", allow, "baseline test: made up"},
		{"y", nil, "baseline test: made up"},
	} {
		p := New(Options{Config: tt.config, Baselines: []*Baseline{b}, Fingerprint: print})
		g := f
		g.Suppressed, _ = p.Comment(g.Path, g.Rule, []byte(tt.line), nil)
		got := ""
		if s := p.Decide(&g); s != nil {
			got = s.By + " " + s.Reason
		}
		if got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.line, got, tt.want)
		}
	}
}

func TestComments(t *testing.T) {
	line := []byte("x # " + ownMarker + " r a sample")
	foreign := []byte("x # gitleaks" + ":allow")
	for _, tt := range []struct {
		config       string
		own, foreign bool
	}{
		{"", true, true},
		{"foreign-comments = false", true, false},
		{"comments = false", false, false},
	} {
		p := New(Options{Config: load(t, "", "c.toml", files{"c.toml": tt.config + "\n"})})
		own, _ := p.Comment("a", &rules.Rule{ID: "r"}, line, nil)
		other, _ := p.Comment("a", &rules.Rule{ID: "r"}, foreign, nil)
		if (own != nil) != tt.own || (other != nil) != tt.foreign {
			t.Errorf("%q: own %v, foreign %v", tt.config, own, other)
		}
	}
}

func TestUnused(t *testing.T) {
	b := &Baseline{Name: "b.json"}
	b.Add(Entry{Fingerprint: "ks1-00000000000000000000000000000001", Rule: "r", Path: "gone", Status: "test"},
		Entry{Fingerprint: "ks1-00000000000000000000000000000008", Rule: "r", Path: "here", Status: "test", Expires: "2029-01-01"})
	g := ParseGitleaksIgnore(".gitleaksignore", []byte("# a comment\na:r:7\nb:r:7\n"))
	c := load(t, "", "c.toml", files{"c.toml": "[[allow]]\nrule = 'x'\nreason = 'why'\nexpires = 2029-01-01\n"})
	p := New(Options{Config: c, Baselines: []*Baseline{b}, Foreign: []*Ignores{g}, Fingerprint: print, Now: day("2030-01-01")})
	f := finding("r", "kst_weak", "b", 7, 1)
	if s := p.Decide(&f); s == nil || s.Reason != "listed in .gitleaksignore" {
		t.Errorf("got %+v, want the ignore file: the entry of the baseline has expired", s)
	}
	var got []string
	for _, u := range p.Unused() {
		got = append(got, u.String())
	}
	want := []string{
		"c.toml:1: allow rule x (why) until 2029-01-01 (expired)",
		"b.json: ks1-00000000000000000000000000000001 r gone",
		"b.json: ks1-00000000000000000000000000000008 r here (expired)",
		".gitleaksignore:2: a:r:7",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
