package scan_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/internal/secrettest"
	"github.com/keysift/keysift/rules"
)

// acceptSeeds is how many samples of a rule are put in each place.
const acceptSeeds = 3

// TestAccept holds every built-in rule to what is said of all of them: it finds
// its credentials wherever they stand, and nothing that is almost one.
func TestAccept(t *testing.T) {
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	all := acceptEngine(set)
	for i, r := range set.Rules() {
		if r.Severity == rules.None || testing.Short() && i%20 != 0 {
			continue // under the race detector, which is what is short, a sample of them
		}
		t.Run(r.ID, func(t *testing.T) {
			only, err := set.Only(r.ID)
			if err != nil {
				t.Fatal(err)
			}
			a := &acceptance{t, r, acceptEngine(only), all}
			for seed := range uint64(acceptSeeds) {
				sn, err := secrettest.Sample(r, seed)
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range secrettest.Places(sn) {
					a.place(seed, p)
				}
				a.windows(seed, sn)
			}
			a.nearMisses()
		})
	}
}

func acceptEngine(set *rules.Set) *scan.Engine {
	return scan.New(set, scan.Options{Now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
}

// An acceptance is the test of one rule, alone and among all.
type acceptance struct {
	*testing.T
	rule      *rules.Rule
	only, all *scan.Engine
}

// place looks for the credential at one place.
func (a *acceptance) place(seed uint64, p secrettest.Place) {
	a.Helper()
	c := &scan.Chunk{Path: p.Path, Data: p.Data}
	f := findingAt(a.only.Match(c), p.Start, p.End)
	if f == nil {
		a.Errorf("seed %d, %s: no finding at [%d:%d] of\n%s", seed, p.Name, p.Start, p.End, shown(p.Data))
		return
	}
	a.position(seed, p, f)
	a.redacted(f)
	// Among all rules a more specific one may have the credential.
	if findingOver(a.all.Match(c), p.Start, p.End) == nil {
		a.Errorf("seed %d, %s: among all rules no finding over [%d:%d] of\n%s", seed, p.Name, p.Start, p.End, shown(p.Data))
	}
}

func findingAt(found []scan.Finding, start, end int) *scan.Finding {
	for i := range found {
		if f := &found[i]; f.Start.Byte == int64(start) && f.End.Byte == int64(end) {
			return f
		}
	}
	return nil
}

func findingOver(found []scan.Finding, start, end int) *scan.Finding {
	for i := range found {
		if f := &found[i]; f.Start.Byte < int64(end) && f.End.Byte > int64(start) {
			return f
		}
	}
	return nil
}

// position compares line and column with those counted in the content.
func (a *acceptance) position(seed uint64, p secrettest.Place, f *scan.Finding) {
	a.Helper()
	newline := "\n"
	switch p.Name {
	case "UTF-16LE":
		newline = "\n\x00"
	case "UTF-16BE":
		newline = "\x00\n"
	}
	before := string(p.Data[:p.Start])
	line := 1 + strings.Count(before, newline)
	column := p.Start + 1
	if i := strings.LastIndex(before, newline); i >= 0 {
		column = p.Start - i - len(newline) + 1
	}
	if f.Start.Line != line || f.Start.Column != column {
		a.Errorf("seed %d, %s: finding at %d:%d, want %d:%d", seed, p.Name, f.Start.Line, f.Start.Column, line, column)
	}
}

// redacted looks for the credential in every form that a finding prints in.
func (a *acceptance) redacted(f *scan.Finding) {
	a.Helper()
	secret := f.Secret.Reveal()
	public := strings.TrimSuffix(f.Secret.String(), "…")
	known := public == ""
	for _, m := range a.rule.Markers {
		known = known || m == public
	}
	if !known || !strings.HasPrefix(secret, public) {
		a.Errorf("redacted form starts with %q, want nothing or one of %q", public, a.rule.Markers)
	}
	bare := *f
	bare.Identity = nil // holds what is public, by intent
	encoded, err := json.Marshal(bare)
	if err != nil {
		a.Errorf("json: %v", err)
	}
	body := secret[len(public):]
	body = body[len(body)/4:]
	for _, form := range []string{fmt.Sprint(bare), fmt.Sprintf("%+v", bare), fmt.Sprintf("%#v", bare), fmt.Sprintf("%q %x %s", f.Secret, f.Secret, f.Secret), string(encoded)} {
		if strings.Contains(form, body) {
			a.Errorf("the credential stands in %.200s", strings.ReplaceAll(form, body, "[credential]"))
		}
	}
}

// windows cuts a content in two, before, in and behind the credential. With
// enough context around the cut the halves find it once, where it is.
func (a *acceptance) windows(seed uint64, sn secrettest.Snippet) {
	a.Helper()
	p := secrettest.Places(sn)[0]
	if strings.ContainsFunc(sn.Text, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r > '~' }) {
		return // a file that is the credential from its first byte on
	}
	filler := strings.Repeat("so long as nothing stands here there is nothing to be found\n", scan.Margin/60+1)
	data := []byte(filler + string(p.Data) + "\n" + filler)
	start, end := len(filler)+p.Start, len(filler)+p.End
	cuts := []int{start - 1, start, start + 1, (start + end) / 2, end, end + 1}
	cut := cuts[int(seed)%len(cuts)]
	for range 2 {
		found := append(a.only.Match(part(p.Path, data, 0, cut)), a.only.Match(part(p.Path, data, cut, len(data)))...)
		if len(found) != 1 || found[0].Start.Byte != int64(start) || found[0].End.Byte != int64(end) {
			a.Errorf("seed %d, cut at %+d of the credential: %d findings, want one at [%d:%d]", seed, cut-start, len(found), start, end)
		}
		cut = cuts[(int(seed)+3)%len(cuts)]
	}
}

// part returns the window that owns data[lo:hi].
func part(path string, data []byte, lo, hi int) *scan.Chunk {
	from, to := max(0, lo-scan.Margin), min(len(data), hi+scan.Margin)
	before := string(data[:from])
	base := scan.Position{Line: 1 + strings.Count(before, "\n"), Column: from - strings.LastIndex(before, "\n"), Byte: int64(from)}
	return &scan.Chunk{Path: path, Data: data[from:to], Base: base, Lead: lo - from, Trail: to - hi}
}

// nearMisses looks for what must not be found.
func (a *acceptance) nearMisses() {
	a.Helper()
	for seed := range uint64(acceptSeeds) {
		misses, err := secrettest.NearMisses(a.rule, seed)
		if err != nil {
			a.Fatal(err)
		}
		for _, m := range misses {
			p := secrettest.Places(m.Text)[0]
			if f := findingOver(a.only.Match(&scan.Chunk{Path: p.Path, Data: p.Data}), p.Start, p.End); f != nil {
				a.Errorf("seed %d: one byte %s: finding at [%d:%d] of\n%s", seed, m.Why, f.Start.Byte, f.End.Byte, shown(p.Data))
			}
		}
	}
}

// shown returns a content for a message: its start, quoted. What it holds is
// made up.
func shown(data []byte) string {
	const most = 600
	if len(data) > most {
		return fmt.Sprintf("%q…", data[:most])
	}
	return fmt.Sprintf("%q", data)
}
