package rules

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"sort"
	"strings"
	"sync/atomic"
)

//go:embed builtin.table
var builtinTable string

// A Set is a set of rules with their remedies: the built-in ones, and on top
// of them those of any number of files. It is immutable; what changes it
// returns another Set. Sets are safe for concurrent use.
type Set struct {
	layers []*layer
	off    []bool // by rule number: disabled
	// fileOff are the disabled rules of kind file, which are in no layer.
	// Its name "" stands for all that are not in it.
	fileOff map[string]bool
}

// A layer is one compiled table with what was decoded of it so far.
type layer struct {
	*table
	first       int           // number of its first rule
	tokenRules  [256][]uint16 // rules of tokens, by the byte with which a match starts
	tokenInWord bool          // one of them may start in the middle of a word
	decoded     []atomic.Pointer[Rule]
	slow        []atomic.Pointer[fallback]
}

func newLayer(encoded string, first int) (*layer, error) {
	t, err := openTable(encoded)
	if err != nil {
		return nil, err
	}
	l := &layer{
		table: t, first: first,
		decoded: make([]atomic.Pointer[Rule], len(t.ruleAt)),
		slow:    make([]atomic.Pointer[fallback], len(t.ruleAt)),
	}
	for _, n := range t.tokens {
		rec := t.records[n].record()
		l.tokenInWord = l.tokenInWord || rec.left == noSet
		for b, in := range t.sets[rec.first] {
			if in != 0 {
				l.tokenRules[b] = append(l.tokenRules[b], n)
			}
		}
	}
	return l, nil
}

// Builtin returns the rules that come with the program. It costs microseconds:
// their table is used where it lies.
func Builtin() (*Set, error) {
	l, err := newLayer(builtinTable, 0)
	if err != nil {
		return nil, fmt.Errorf("opening the built-in rules: %w", err)
	}
	return (&Set{}).with(l), nil
}

func (s *Set) with(l *layer) *Set {
	return &Set{
		layers:  append(slices.Clone(s.layers), l),
		off:     append(slices.Clone(s.off), make([]bool, len(l.ruleAt))...),
		fileOff: s.fileOff,
	}
}

// Extend returns the set with the rules of one more file, name being used in
// errors only. Ids must be new; remedies of the set may be referred to.
func (s *Set) Extend(name string, data []byte) (*Set, error) {
	f, err := parseFile(name, data)
	if err != nil {
		return nil, err
	}
	for _, r := range f.rules {
		if _, ok := s.Rule(r.ID); ok {
			return nil, lineError(name, lineOfID(data, r.ID), r.ID, errors.New("a rule with this id exists already"))
		}
	}
	for _, r := range f.rules {
		known := slices.ContainsFunc(f.remedies, func(m *Remedy) bool { return m.ID == r.Remedy })
		if _, ok := s.Remedy(r.Remedy); !ok && !known {
			return nil, lineError(name, lineOfID(data, r.ID), r.ID, fmt.Errorf("unknown remedy %q", r.Remedy))
		}
	}
	if generic, ok := s.Remedy(genericRemedy); ok {
		complete(f.remedies, generic)
	}
	encoded, err := compileTable(f.rules, f.remedies)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	l, err := newLayer(string(encoded), len(s.off))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return s.with(l), nil
}

// Compile returns the table of the rule files in fsys/dir, in the form that is
// embedded into the program.
func Compile(fsys fs.FS, dir string) ([]byte, error) {
	ruleList, remedies, err := Decode(fsys, dir)
	if err != nil {
		return nil, err
	}
	return compileTable(ruleList, remedies)
}

// Decode reads the rule files in fsys/dir from their source. Rules and remedies
// come in the order of their ids.
func Decode(fsys fs.FS, dir string) ([]*Rule, []*Remedy, error) {
	names, err := fs.Glob(fsys, path.Join(dir, "*.toml"))
	if err != nil {
		return nil, nil, err
	}
	var ruleList []*Rule
	var remedies []*Remedy
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, nil, err
		}
		f, err := parseFile(name, data)
		if err != nil {
			return nil, nil, err
		}
		ruleList = append(ruleList, f.rules...)
		remedies = append(remedies, f.remedies...)
	}
	sort.Slice(ruleList, func(i, j int) bool { return ruleList[i].ID < ruleList[j].ID })
	sort.Slice(remedies, func(i, j int) bool { return remedies[i].ID < remedies[j].ID })
	return ruleList, remedies, checkNames(ruleList, remedies)
}

// checkNames holds references between rules and remedies to what exists.
func checkNames(ruleList []*Rule, remedies []*Remedy) error {
	byID := map[string]*Remedy{}
	for _, m := range remedies {
		if byID[m.ID] != nil {
			return fmt.Errorf("remedy %q is defined twice", m.ID)
		}
		byID[m.ID] = m
	}
	if generic := byID[genericRemedy]; generic != nil {
		complete(remedies, generic)
	}
	ids := map[string]bool{}
	for _, r := range ruleList {
		ids[r.ID] = true
	}
	for _, r := range ruleList {
		if byID[r.Remedy] == nil {
			return fmt.Errorf("rule %q: unknown remedy %q", r.ID, r.Remedy)
		}
		if r.Pair != "" && !ids[r.Pair] {
			return fmt.Errorf("rule %q: pair: unknown rule %q", r.ID, r.Pair)
		}
	}
	return nil
}

// complete gives each remedy the generic steps for the acts that it says
// nothing of, so that general advice stands in one place only. One that is
// whole stays as it is.
func complete(remedies []*Remedy, generic *Remedy) {
	for _, m := range remedies {
		if m.ID == generic.ID || m.whole {
			m.whole = false
			continue
		}
		own := m.Steps
		m.Steps = nil
		for _, action := range validActions() {
			from := own
			if !slices.ContainsFunc(own, func(s Step) bool { return s.Action == action }) {
				from = generic.Steps
			}
			for _, s := range from {
				if s.Action == action {
					m.Steps = append(m.Steps, s)
				}
			}
		}
	}
}

// Len returns the number of enabled rules.
func (s *Set) Len() int {
	n := 0
	for _, off := range s.off {
		if !off {
			n++
		}
	}
	return n
}

// Rules returns the enabled rules in the order of their ids.
func (s *Set) Rules() []*Rule {
	out := make([]*Rule, 0, len(s.off))
	for n, off := range s.off {
		if !off {
			out = append(out, s.rule(n))
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

// rule returns the rule with a number, decoding it on first use.
func (s *Set) rule(n int) *Rule {
	l := s.layerOf(n)
	at := &l.decoded[n-l.first]
	if r := at.Load(); r != nil {
		return r
	}
	r, err := (&coldReader{l.cold[l.ruleAt[n-l.first]:]}).rule()
	if err != nil {
		// Tables are compiled from checked rules; a path that no longer
		// compiles would be a damaged program. Such a rule matches nowhere.
		r = &Rule{}
	}
	at.CompareAndSwap(nil, r)
	return at.Load()
}

func (s *Set) layerOf(n int) *layer {
	for i := len(s.layers) - 1; i > 0; i-- {
		if n >= s.layers[i].first {
			return s.layers[i]
		}
	}
	return s.layers[0]
}

// number returns the number of the rule with an id or alias.
func (s *Set) number(id string) (int, bool) {
	for _, l := range s.layers {
		n, found := sort.Find(len(l.ruleAt), func(i int) int {
			return strings.Compare(id, (&coldReader{l.cold[l.ruleAt[i]:]}).str())
		})
		if found {
			return l.first + n, true
		}
	}
	for n := range s.off {
		if slices.Contains(s.rule(n).Aliases, id) {
			return n, true
		}
	}
	return 0, false
}

// Rule returns the rule with an id or alias, enabled or not.
func (s *Set) Rule(id string) (*Rule, bool) {
	n, ok := s.number(id)
	if !ok {
		return fileRule(id)
	}
	return s.rule(n), true
}

// fileRule returns the rule of kind file with an id.
func fileRule(id string) (*Rule, bool) {
	if !strings.HasPrefix(id, "file-") {
		return nil, false
	}
	files, err := KnownFiles()
	if err != nil {
		return nil, false
	}
	return files.Rule(id)
}

// FileEnabled reports whether the rule of kind file with an id is enabled.
func (s *Set) FileEnabled(id string) bool {
	off, ok := s.fileOff[id]
	if !ok {
		off = s.fileOff[""]
	}
	return !off
}

// Enabled reports whether there is a rule with an id or alias that is enabled.
func (s *Set) Enabled(id string) bool {
	n, ok := s.number(id)
	return ok && !s.off[n]
}

// Remedy returns the remedy with an id.
func (s *Set) Remedy(id string) (*Remedy, bool) {
	for _, l := range s.layers {
		for _, at := range l.remedyAt {
			c := &coldReader{l.cold[at:]}
			if c.str() == id {
				return (&coldReader{l.cold[at:]}).remedy(), true
			}
		}
	}
	return nil, false
}

// Remedies returns all remedies in the order of their ids, layer by layer.
func (s *Set) Remedies() []*Remedy {
	var out []*Remedy
	for _, l := range s.layers {
		for _, at := range l.remedyAt {
			out = append(out, (&coldReader{l.cold[at:]}).remedy())
		}
	}
	return out
}

// Disable returns the set without the rules of the given ids or aliases.
func (s *Set) Disable(ids ...string) (*Set, error) { return s.toggle(ids, true) }

// Enable returns the set with the rules of the given ids or aliases, which
// Disable took out before.
func (s *Set) Enable(ids ...string) (*Set, error) { return s.toggle(ids, false) }

// Only returns the set with no rules but those of the given ids or aliases.
func (s *Set) Only(ids ...string) (*Set, error) {
	out := &Set{s.layers, slices.Repeat([]bool{true}, len(s.off)), map[string]bool{"": true}}
	return out.toggle(ids, false)
}

func (s *Set) toggle(ids []string, off bool) (*Set, error) {
	out := &Set{s.layers, slices.Clone(s.off), maps.Clone(s.fileOff)}
	for _, id := range ids {
		n, ok := s.number(id)
		if _, file := fileRule(id); !ok && file {
			if out.fileOff == nil {
				out.fileOff = map[string]bool{}
			}
			out.fileOff[id] = off
			continue
		}
		if !ok {
			return nil, fmt.Errorf("unknown rule %q; keysift rules list shows all ids", id)
		}
		out.off[n] = off
	}
	return out, nil
}

// Literals returns the literals that the automaton looks for, in lower case.
func (s *Set) Literals() []string {
	seen := map[string]bool{}
	for n, off := range s.off {
		if off {
			continue
		}
		r := s.rule(n)
		words := r.Markers
		if len(words) == 0 || slices.ContainsFunc(words, func(m string) bool { return len(m) < minTrigger }) {
			words = r.Context
		}
		for _, w := range words {
			seen[strings.ToLower(w[:min(len(w), maxTrigger)])] = true
		}
	}
	out := make([]string, 0, len(seen))
	for w := range seen {
		out = append(out, w)
	}
	slices.Sort(out)
	return out
}

// Version returns a hash of all rules and remedies of the set, disabled ones
// included, as 12 hexadecimal digits.
func (s *Set) Version() string {
	h := sha256.New()
	for _, l := range s.layers {
		_, _ = io.WriteString(h, l.cold)
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}
