package policy

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// Options make up a [Policy]. With the zero value only the comments in the text
// count.
type Options struct {
	Config    *Config // nil for none
	Baselines []*Baseline
	Foreign   []*Ignores // of other tools
	// Fingerprint returns the fingerprint of a finding as a baseline has it, or
	// with a nil baseline as reports print it. Nil if nothing asks for one.
	Fingerprint func(*Baseline, *scan.Finding) string
	// Relative turns the path of a finding into one relative to the top folder,
	// as configuration names paths. Nil leaves it as it is.
	Relative func(path string) string
	// Commits returns the ids of the commits that brought a finding. Nil means
	// the commit of its origin.
	Commits  func(*scan.Finding) []string
	Revision *Revision // if not nil, comments count only as they stand there
	Now      time.Time // what expires is measured against
}

// A Policy decides which findings count. [Policy.Comment] may be called by
// several goroutines at once, the other methods by one.
type Policy struct {
	opts      Options
	config    *Config
	wantsLine bool
	// lines holds the line of each finding on its way from Comment to Decide,
	// by the Suppression that stands in for it.
	lines sync.Map // of *scan.Suppression to []byte

	mu       sync.Mutex
	attempts map[string]bool // comments that do not count since they are new
	dirs     map[string]bool // that lead to findings; with a Revision only
}

// New returns a Policy.
func New(opts Options) *Policy {
	if opts.Relative == nil {
		opts.Relative = func(path string) string { return path }
	}
	if opts.Commits == nil {
		opts.Commits = originCommit
	}
	p := &Policy{opts: opts, config: opts.Config, attempts: map[string]bool{}, dirs: map[string]bool{".": true}}
	if p.config == nil {
		p.config = new(Config)
	}
	p.wantsLine = slices.ContainsFunc(p.config.allows, (*allowEntry).wantsLine)
	return p
}

func originCommit(f *scan.Finding) []string {
	if f.Origin == nil || f.Origin.Commit == "" {
		return nil
	}
	return []string{f.Origin.Commit}
}

// Comment judges the comments on the line of a finding and the one before. It
// is the engine's Allow, see scan.Options; Decide has to see each finding
// afterwards, since what Comment returns may only hold its line for it.
func (p *Policy) Comment(path string, r *rules.Rule, line, before []byte) (*scan.Suppression, string) {
	s, hint := p.comment(path, r, line, before)
	if s == nil && p.wantsLine {
		s = new(scan.Suppression)
		p.lines.Store(s, slices.Clone(line))
	}
	return s, hint
}

func (p *Policy) comment(path string, r *rules.Rule, line, before []byte) (*scan.Suppression, string) {
	if !p.config.Bool("comments", true) {
		return nil, ""
	}
	v := Allow(line, before, append([]string{r.ID}, r.Aliases...), p.config.Bool("foreign-comments", true))
	switch {
	case v.Allowed && p.opts.Revision != nil && !p.opts.Revision.hasLine(p.opts.Relative(path), line, before, v):
		p.attempt(p.opts.Relative(path) + ": a new comment " + v.By)
		return nil, "the comment " + v.By + " does not count: it does not stand on this line in " + p.opts.Revision.Name
	case v.Allowed:
		return &scan.Suppression{By: "inline", Reason: cmp.Or(v.Reason, v.By)}, ""
	case v.Ineffective != "":
		hint := "the comment " + v.By + " does not count: " + v.Ineffective
		if paste := Paste(path, r.ID); paste != "" {
			hint += "; paste " + paste
		}
		return nil, hint
	}
	return nil, ""
}

// attempt notes something by which the scanned change tried to alter the policy.
func (p *Policy) attempt(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.attempts[text] = true
}

// Apply yields what seq does with the policy applied: severities changed, and
// what suppresses a finding noted in it. Findings of one path that come one
// after the other are seen together.
func (p *Policy) Apply(seq iter.Seq2[scan.Finding, error]) iter.Seq2[scan.Finding, error] {
	if len(p.config.requires) > 0 {
		seq = p.required(seq)
	}
	return func(yield func(scan.Finding, error) bool) {
		for f, err := range seq {
			if err == nil {
				f.Suppressed = p.Decide(&f)
				f.Severity = p.severity(&f)
			}
			if !yield(f, err) {
				return
			}
		}
	}
}

// Decide returns what suppresses a finding, or nil.
func (p *Policy) Decide(f *scan.Finding) *scan.Suppression {
	given := f.Suppressed
	x := &facts{
		Finding: f, path: p.opts.Relative(f.Path),
		fingerprint: func() string { return p.fingerprint(nil, f) },
		commits:     func() []string { return p.opts.Commits(f) },
	}
	if p.opts.Revision != nil {
		p.see(x.path)
	}
	if given != nil {
		line, ok := p.lines.LoadAndDelete(given)
		if !ok {
			return given
		}
		x.line, _ = line.([]byte)
	}
	for _, a := range p.config.allows {
		if a.allows(x, p.opts.Now) {
			a.used = true
			return &scan.Suppression{By: "config", Reason: a.reason}
		}
	}
	for _, b := range p.opts.Baselines {
		if len(b.Entries) == 0 {
			continue
		}
		if reason, ok := b.take(p.fingerprint(b, f), p.opts.Now); ok {
			return &scan.Suppression{By: "baseline", Reason: reason}
		}
	}
	for _, g := range p.opts.Foreign {
		if g.take(x) {
			return &scan.Suppression{By: "baseline", Reason: g.Reason()}
		}
	}
	return nil
}

func (p *Policy) fingerprint(b *Baseline, f *scan.Finding) string {
	if p.opts.Fingerprint == nil {
		return ""
	}
	return p.opts.Fingerprint(b, f)
}

// severity returns the severity of a finding: that of the last entry about it,
// else its own.
func (p *Policy) severity(f *scan.Finding) rules.Severity {
	out := f.Severity
	for _, s := range p.config.severities {
		if s.holds(f.Rule, p.opts.Relative(f.Path)) {
			s.used = true
			out = s.set
		}
	}
	return out
}

// required yields the findings of seq, those suppressed whose rule requires
// another finding near by that is not there. What comes one after the other from
// one place is held back until all of it has come.
func (p *Policy) required(seq iter.Seq2[scan.Finding, error]) iter.Seq2[scan.Finding, error] {
	return func(yield func(scan.Finding, error) bool) {
		var held []scan.Finding
		flush := func() bool {
			for i := range held {
				if r := p.missing(&held[i], held); r != nil {
					p.suppress(&held[i], r)
				}
				if !yield(held[i], nil) {
					return false
				}
			}
			held = held[:0]
			return true
		}
		for f, err := range seq {
			if len(held) > 0 && (err != nil || !sameContent(&f, &held[0])) && !flush() {
				return
			}
			if err == nil {
				held = append(held, f)
			} else if !yield(f, err) {
				return
			}
		}
		flush()
	}
}

func sameContent(a, b *scan.Finding) bool {
	if a.Path != b.Path || (a.Origin == nil) != (b.Origin == nil) {
		return false
	}
	return a.Origin == nil || *a.Origin == *b.Origin
}

// missing returns what the rule of a finding requires near by that is not there,
// nil if all of it is.
func (p *Policy) missing(f *scan.Finding, among []scan.Finding) *requirement {
	for _, r := range p.config.requires {
		if !isRule(f.Rule, r.rule) {
			continue
		}
		if !slices.ContainsFunc(among, func(other scan.Finding) bool { return r.near(f, &other) }) {
			return r
		}
	}
	return nil
}

// suppress notes that a finding lacks what its rule requires, unless a comment
// has suppressed it already.
func (p *Policy) suppress(f *scan.Finding, r *requirement) {
	if f.Suppressed != nil {
		if _, isLine := p.lines.LoadAndDelete(f.Suppressed); !isLine {
			return
		}
	}
	f.Suppressed = &scan.Suppression{By: "config", Reason: r.from + ": requires " + r.String()}
}

// An Unused is a decision that matched no finding of the run.
type Unused struct {
	From    string // file, and line where there is one
	Text    string
	Expired bool // it would not have counted either
}

// String describes the decision in one line.
func (u Unused) String() string {
	s := u.From + ": " + u.Text
	if u.Expired {
		return s + " (expired)"
	}
	return s
}

// Unused returns the decisions that matched nothing, expired ones included,
// once all findings have been seen.
func (p *Policy) Unused() []Unused {
	var out []Unused
	for _, a := range p.config.allows {
		if !a.used {
			out = append(out, Unused{a.from, "allow " + a.String(), expired(a.expires, p.opts.Now)})
		}
	}
	for _, s := range p.config.severities {
		if !s.used {
			out = append(out, Unused{s.from, "severity " + s.String(), false})
		}
	}
	for _, b := range p.opts.Baselines {
		for i, e := range b.Entries {
			gone := expired(e.Expires, p.opts.Now)
			if !b.used[i] || gone {
				out = append(out, Unused{b.Name, fmt.Sprintf("%s %s %s", e.Fingerprint, e.Rule, e.Path), gone})
			}
		}
	}
	for _, g := range p.opts.Foreign {
		out = append(out, g.Unused()...)
	}
	return out
}
