package report

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

func collect(opts CollectorOptions, findings ...*scan.Finding) *Run {
	c := NewCollector(opts)
	for _, f := range findings {
		c.Add(f, "")
	}
	return c.Collect(Summary{})
}

// edited returns f after a change.
func edited(f *scan.Finding, edit func(*scan.Finding)) *scan.Finding {
	edit(f)
	return f
}

func withExposure(f *scan.Finding, e scan.Exposure) *scan.Finding {
	f.Exposure = e
	return f
}

func withConfidence(f *scan.Finding, c rules.Confidence, reason string) *scan.Finding {
	f.Confidence, f.Reason = c, reason
	return f
}

// describe returns what a test compares of a record.
func describe(r *Record) string {
	s := fmt.Sprintf("%s %s %s %s:%d", r.Rule, r.Confidence, r.Exposure, r.Path, r.Start.Line)
	for _, p := range r.Places {
		s += fmt.Sprintf(" [%s:%d %s]", p.Path, p.Line, p.Exposure)
	}
	return s + fmt.Sprintf(" %d", r.PlacesTotal)
}

func TestCollectorMerges(t *testing.T) {
	one, two := strongSecret(1), strongSecret(2)
	for _, tt := range []struct {
		name     string
		findings []*scan.Finding
		want     []string
	}{
		{
			"places of one secret",
			[]*scan.Finding{finding(vendorRule(), one, "b", 1), finding(vendorRule(), one, "a", 9), finding(vendorRule(), one, "a", 2)},
			[]string{"example-token high  a:2 [a:2 ] [a:9 ] [b:1 ] 3"},
		},
		{
			"two secrets",
			[]*scan.Finding{finding(vendorRule(), two, "b", 1), finding(vendorRule(), one, "a", 1)},
			[]string{"example-token high  a:1 [a:1 ] 1", "example-token high  b:1 [b:1 ] 1"},
		},
		{
			"a provider's rule beats a generic one that is surer",
			[]*scan.Finding{
				withConfidence(finding(genericRule(), one, "a", 1), rules.Certain, "decoded"),
				withConfidence(finding(vendorRule(), one, "b", 1), rules.HighConfidence, "shape"),
			},
			[]string{"example-token certain  a:1 [a:1 ] [b:1 ] 2"},
		},
		{
			"the highest confidence counts",
			[]*scan.Finding{
				withConfidence(finding(genericRule(), one, "a", 1), rules.LowConfidence, ""),
				withConfidence(finding(genericRule(), one, "b", 1), rules.MediumConfidence, ""),
			},
			[]string{"generic-password medium  a:1 [a:1 ] [b:1 ] 2"},
		},
		{
			"the most exposed place is the first",
			[]*scan.Finding{
				withExposure(finding(vendorRule(), one, "a", 1), scan.Ignored),
				withExposure(finding(vendorRule(), one, "b", 1), scan.Pushed),
			},
			[]string{"example-token high pushed b:1 [b:1 ] [a:1 ignored] 2"},
		},
		{
			"findings without a secret belong to their place",
			[]*scan.Finding{finding(vendorRule(), scan.Secret{}, "b", 1), finding(vendorRule(), scan.Secret{}, "a", 1)},
			[]string{"example-token high  a:1 [a:1 ] 1", "example-token high  b:1 [b:1 ] 1"},
		},
	} {
		var got []string
		for _, r := range collect(CollectorOptions{}, tt.findings...).Findings {
			got = append(got, describe(r))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestCollectorOrder feeds the same occurrences in many orders.
func TestCollectorOrder(t *testing.T) {
	var all []*scan.Finding
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 300 {
		rule := vendorRule()
		if i%3 == 0 {
			rule = genericRule()
		}
		f := finding(rule, strongSecret(uint64(i%7)), fmt.Sprint("file", i%11), i%5+1)
		f.Exposure = scan.Exposure(i % 4)
		f.Score = float64(i%10) / 10
		f.Confidence = rules.Confidence(i % 4)
		f.Reason = fmt.Sprint("reason ", i%3)
		f.Identity = []scan.Identity{{Name: "n", Value: fmt.Sprint(i)}}
		f.Origin = &scan.Origin{Commit: fmt.Sprint("commit", i)}
		all = append(all, f)
	}
	want := render(t, collect(CollectorOptions{}, all...), "jsonl", Options{})
	for range 10 {
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		if got := render(t, collect(CollectorOptions{}, all...), "jsonl", Options{}); got != want {
			t.Fatalf("the order of arrival changes the report:\n%s\nwant\n%s", got, want)
		}
	}
}

func TestCollectorKeepsThousandPlaces(t *testing.T) {
	c := NewCollector(CollectorOptions{})
	secret := strongSecret(1)
	for i := 5000; i > 0; i-- {
		c.Add(finding(vendorRule(), secret, "a", i), "")
	}
	r := c.Collect(Summary{}).Findings[0]
	if len(r.Places) != 1000 || r.PlacesTotal != 5000 || r.Places[0].Line != 1 || r.Places[999].Line != 1000 {
		t.Errorf("got %d places of %d, first line %d, last line %d; want 1000 of 5000, 1 and 1000",
			len(r.Places), r.PlacesTotal, r.Places[0].Line, r.Places[len(r.Places)-1].Line)
	}
}

func TestThresholds(t *testing.T) {
	low := func() *scan.Finding {
		return withConfidence(finding(vendorRule(), strongSecret(1), "a", 1), rules.LowConfidence, "")
	}
	for _, tt := range []struct {
		name    string
		opts    CollectorOptions
		finding *scan.Finding
		want    string // reported, below, advisory, failing
	}{
		{"zero options", CollectorOptions{}, low(), "1 0 0 1"},
		{"confidence", CollectorOptions{MinConfidence: rules.MediumConfidence}, low(), "0 1 0 0"},
		{"fail confidence", CollectorOptions{FailConfidence: rules.HighConfidence}, low(), "1 0 1 0"},
		{"severity", CollectorOptions{MinSeverity: rules.High}, finding(genericRule(), strongSecret(1), "a", 1), "0 1 0 0"},
		{"severity reached", CollectorOptions{MinSeverity: rules.Medium}, finding(genericRule(), strongSecret(1), "a", 1), "1 0 0 1"},
		{"exposure", CollectorOptions{MinExposure: scan.Unignored}, withExposure(low(), scan.Ignored), "1 0 1 0"},
		{"exposure reached", CollectorOptions{MinExposure: scan.Unignored}, withExposure(low(), scan.Unignored), "1 0 0 1"},
		{"no exposure", CollectorOptions{MinExposure: scan.Tagged}, low(), "1 0 0 1"},
		{
			"suppressed", CollectorOptions{ShowSuppressed: true},
			edited(low(), func(f *scan.Finding) { f.Suppressed = &scan.Suppression{By: "inline"} }), "0 0 0 0",
		},
	} {
		run := collect(tt.opts, tt.finding)
		s := run.Summary
		if got := fmt.Sprint(s.Findings, s.BelowThreshold, s.Advisory, run.Failing()); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestSuppressed(t *testing.T) {
	var findings []*scan.Finding
	for i, by := range []string{"", "inline", "inline", "baseline", "config"} {
		f := finding(vendorRule(), strongSecret(1), fmt.Sprint("f", i), 1)
		if by != "" {
			f.Suppressed = &scan.Suppression{By: by, Reason: "because"}
		}
		findings = append(findings, f)
	}
	for _, show := range []bool{false, true} {
		run := collect(CollectorOptions{ShowSuppressed: show}, findings...)
		want := 1
		if show {
			want = 4
		}
		if len(run.Findings) != want || run.Failing() != 1 || run.Summary.Findings != 1 {
			t.Errorf("show %v: %d records, %d failing, %d findings; want %d, 1, 1", show, len(run.Findings), run.Failing(), run.Summary.Findings, want)
		}
		if got, want := run.Summary.Suppressed, (SuppressedCounts{1, 1, 1}); got != want {
			t.Errorf("show %v: suppressed %+v, want %+v", show, got, want)
		}
	}
}

func TestAddError(t *testing.T) {
	c := NewCollector(CollectorOptions{})
	other := errors.New("disk on fire")
	if got := c.AddError(other); got != other {
		t.Errorf("AddError(%v) = %v, want the error back", other, got)
	}
	for range 3 {
		if err := c.AddError(&scan.Incomplete{Reason: "unreadable", Path: "a"}); err != nil {
			t.Fatal(err)
		}
		if err := c.AddError(fmt.Errorf("walking: %w", &scan.Skipped{Reason: "binary"})); err != nil {
			t.Fatal(err)
		}
	}
	run := c.Collect(Summary{})
	s := run.Summary
	if s.Complete || len(run.Incomplete) != 3 || !reflect.DeepEqual(s.Incomplete, map[string]int{"unreadable": 3}) || !reflect.DeepEqual(s.Skipped, map[string]int{"binary": 3}) {
		t.Errorf("got complete %v, incomplete %v, skipped %v, %d records", s.Complete, s.Incomplete, s.Skipped, len(run.Incomplete))
	}
}

// TestRedactsNames puts secrets into every name, their own and others'.
func TestRedactsNames(t *testing.T) {
	one, two := strongSecret(1), strongSecret(2)
	c := NewCollector(CollectorOptions{Remedy: remedies, Enrich: func(r *Record, _ map[string]bool) {
		r.Owners = []string{one.Reveal()}
		r.History = &History{Introduced: &Event{Author: one.Reveal(), Subject: "x" + two.Reveal()}, Removed: &Event{Subject: one.Reveal()}, Refs: []string{two.Reveal()}}
	}})
	f := withExposure(finding(vendorRule(), one, "a/"+one.Reveal()+"/"+two.Reveal()+".env", 1), scan.Staged)
	f.Identity = []scan.Identity{{Name: "user", Value: two.Reveal()}}
	c.Add(f, "paste this: "+one.Reveal())
	f = finding(vendorRule(), two, "b", 1)
	f.Suppressed = &scan.Suppression{By: "config", Reason: one.Reveal()}
	c.Add(f, "")
	if err := c.AddError(&scan.Incomplete{Reason: "unreadable", Path: one.Reveal(), Detail: two.Reveal(), Cure: one.Reveal()}); err != nil {
		t.Fatal(err)
	}
	run := c.Collect(Summary{})
	if got, want := run.Findings[0].Path, "a/kst_…/kst_….env"; got != want {
		t.Errorf("path %q, want %q", got, want)
	}
	for _, format := range Formats() {
		got := render(t, run, format, Options{})
		for _, s := range []scan.Secret{one, two} {
			if strings.Contains(got, s.Reveal()) {
				t.Errorf("%s: a name shows a secret:\n%s", format, got)
			}
		}
	}
}

// TestRedactsOwnPassword: a password that is a word goes out of the names of its
// own finding and stays in those of others.
func TestRedactsOwnPassword(t *testing.T) {
	word := scan.NewSecret("kubernetes", 0)
	run := collect(CollectorOptions{Enrich: func(r *Record, _ map[string]bool) {
		r.History = &History{Introduced: &Event{Subject: "set it to " + word.Reveal()}}
	}}, finding(genericRule(), word, "a/kubernetes.yml", 1), finding(vendorRule(), strongSecret(1), "kubernetes/x", 1))
	own, other := run.Findings[0], run.Findings[1]
	if own.Path != "a/….yml" || own.History.Introduced.Subject != "set it to …" || own.Places[0].Path != own.Path {
		t.Errorf("own names: %q, %q, %q", own.Path, own.Places[0].Path, own.History.Introduced.Subject)
	}
	if other.Path != "kubernetes/x" {
		t.Errorf("path of another finding: %q, want kubernetes/x", other.Path)
	}
}

func TestPriority(t *testing.T) {
	for _, tt := range []struct {
		s    rules.Severity
		c    rules.Confidence
		e    scan.Exposure
		want int
	}{
		{rules.Critical, rules.Certain, scan.Pushed, 1},
		{rules.High, rules.HighConfidence, scan.NoExposure, 1},
		{rules.High, rules.MediumConfidence, scan.Tagged, 2},
		{rules.Critical, rules.Certain, scan.Staged, 2},
		{rules.Critical, rules.Certain, scan.Committed, 2},
		{rules.Critical, rules.Certain, scan.Ignored, 3},
		{rules.Critical, rules.LowConfidence, scan.Pushed, 3},
		{rules.Medium, rules.Certain, scan.Pushed, 2},
		{rules.Low, rules.Certain, scan.Pushed, 3},
		{rules.Low, rules.LowConfidence, scan.Ignored, 4},
	} {
		if got := Priority(tt.s, tt.c, tt.e); got != tt.want {
			t.Errorf("Priority(%v, %v, %v) = %d, want %d", tt.s, tt.c, tt.e, got, tt.want)
		}
	}
}

func TestAdvice(t *testing.T) {
	remedy, _ := remedies("example")
	for _, tt := range []struct {
		at      Situation
		actions string
		command string // of the first step
	}{
		{Situation{Exposure: scan.Pushed, Severity: rules.High}, "revoke rotate deploy validate audit restrict store rewrite", "example tokens delete ID"},
		{Situation{Exposure: scan.Tagged, Severity: rules.Medium}, "rotate deploy revoke validate audit restrict store rewrite", ""},
		{Situation{Severity: rules.Critical}, "revoke rotate deploy validate audit restrict store", "example tokens delete ID"},
		{Situation{Exposure: scan.Staged, Path: "a b"}, "remove store restrict rotate revoke", "git reset -q -- 'a b'"},
		{Situation{Exposure: scan.Committed, Path: "-x"}, "remove store restrict rotate revoke", "git commit --amend ./-x"},
		{Situation{Exposure: scan.Stash}, "remove store restrict rotate revoke", "git stash list"},
		{Situation{Exposure: scan.Ignored}, "ignore store restrict", ""},
		{Situation{Exposure: scan.Unignored, Kind: rules.File, Path: ".env"}, "ignore store", "keysift fix .env"},
		{Situation{Exposure: scan.Unreachable}, "remove revoke rotate deploy validate audit restrict store", "git reflog expire --expire-unreachable=now --all && git gc --prune=now"},
		{Situation{Exposure: scan.Unignored, Kind: rules.File, Path: ".env", Repair: "To repair: add the line .env to .dockerignore (keysift fix does it)"}, "ignore store", "keysift fix .env"},
		{Situation{Exposure: scan.Unignored, Kind: rules.File, Path: ".env", Repair: `To repair: take it out of "files" in package.json`}, "ignore store", ""},
		{Situation{Exposure: scan.Pushed, Severity: rules.High, Kind: rules.File, Path: ".env", Repair: "To repair: git rm --cached .env (keysift fix does it)"}, "revoke rotate deploy validate audit restrict store ignore rewrite", "example tokens delete ID"},
		{Situation{Exposure: scan.Pushed, Kind: rules.Log}, "revoke rotate deploy validate audit restrict store", "example tokens delete ID"},
	} {
		steps := Advice(remedy, tt.at)
		var actions []string
		for _, s := range steps {
			actions = append(actions, s.Action)
		}
		if got := strings.Join(actions, " "); got != tt.actions || steps[0].Command != tt.command {
			t.Errorf("Advice(%+v): %s, first command %q; want %s, %q", tt.at, got, steps[0].Command, tt.actions, tt.command)
		}
	}
	if got := Advice(nil, Situation{Exposure: scan.Staged}); len(got) != 1 {
		t.Errorf("Advice(nil) for a staged file = %v, want the step about git", got)
	}
}
