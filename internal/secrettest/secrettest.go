// Package secrettest makes up credentials at run time, so that no test needs
// one in its source.
//
// It reads the shape of a rule, which stands beside the rule's pattern, with a
// reader of its own: a pattern that is wrong finds nothing in its samples. The
// package knows the formats of credentials that carry a checksum or a
// structure, and the places where they are found. It knows nothing of the
// engine that is to find them.
package secrettest

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/keysift/keysift/rules"
)

// A Snippet is a text that holds one credential.
type Snippet struct {
	Text       string // one word, or a block of lines
	Start, End int    // Text[Start:End] is the credential
	Path       string // of the file the text stands in; empty for any
	Near       string // a word that has to stand near the text; empty for none
}

// Secret returns the credential.
func (s Snippet) Secret() string { return s.Text[s.Start:s.End] }

// Sample returns a text with one credential of the format. The same rule and
// seed give the same text. It is an error if the rule's shape cannot be read,
// or asks for something for which there is no generator.
func Sample(rule *rules.Rule, seed uint64) (Snippet, error) {
	s, err := makeSample(rule, seed, anyLength)
	if err != nil {
		return Snippet{}, err
	}
	return s.snippet(), nil
}

// A NearMiss is a text that is almost a credential of the format.
type NearMiss struct {
	Why  string // short, long or foreign
	Text Snippet
}

// NearMisses returns texts that the pattern of a rule must not match: one byte
// short, one byte long, and one with a byte outside of the alphabet in its
// longest part. There are none of a kind for which the shape sets no bound; in
// a shape with text around the credential only parts of one length bound it.
func NearMisses(rule *rules.Rule, seed uint64) ([]NearMiss, error) {
	shortest, err := makeSample(rule, seed, leastLength)
	if err != nil {
		return nil, err
	}
	longest, err := makeSample(rule, seed, greatestLength)
	if err != nil {
		return nil, err
	}
	var misses []NearMiss
	if s, ok := shortest.shortened(); ok {
		misses = append(misses, NearMiss{"short", s})
	}
	if s, ok := longest.lengthened(); ok {
		misses = append(misses, NearMiss{"long", s})
	}
	if s, ok := shortest.withForeignByte(); ok {
		misses = append(misses, NearMiss{"foreign", s})
	}
	return misses, nil
}

// A lengths says which of the lengths that a shape allows a sample takes.
type lengths int

const (
	anyLength lengths = iota
	leastLength
	greatestLength
)

// openEnd is how much longer than its least length a part without an upper
// bound gets, and wide how much a part may vary before it does so seldom.
const (
	openEnd = 40
	wide    = 64
)

// A sampler writes one sample.
type sampler struct {
	*rand.Rand
	rule       *rules.Rule
	lengths    lengths
	text       []byte
	start, end int
	path       string
	pieces     []piece
}

// A piece is a part of the sample made of one set.
type piece struct {
	from, to int
	run
}

func makeSample(rule *rules.Rule, seed uint64, l lengths) (*sampler, error) {
	shape, err := parseShape(rule.Shape)
	if err != nil {
		return nil, fmt.Errorf("rule %q: %w", rule.ID, err)
	}
	h := fnv.New64a()
	h.Write([]byte(rule.ID))
	s := &sampler{Rand: rand.New(rand.NewPCG(seed, h.Sum64())), rule: rule, lengths: l, start: -1}
	if err := s.sequence(shape); err != nil {
		return nil, fmt.Errorf("rule %q: %w", rule.ID, err)
	}
	if s.start < 0 {
		s.start, s.end = 0, len(s.text)
	}
	if s.path == "" && rule.Path != nil {
		return nil, fmt.Errorf("rule %q: its shape lacks the path it wants", rule.ID)
	}
	return s, nil
}

func (s *sampler) snippet() Snippet {
	sn := Snippet{Text: string(s.text), Start: s.start, End: s.end, Path: s.path}
	near := false
	for _, w := range s.rule.Context {
		near = near || strings.Contains(strings.ToLower(sn.Text), w) || strings.Contains(strings.ToLower(sn.Path), w)
	}
	if len(s.rule.Context) > 0 && !near {
		sn.Near = s.rule.Context[s.IntN(len(s.rule.Context))]
	}
	return sn
}

func (s *sampler) sequence(parts sequence) error {
	for _, n := range parts {
		if err := s.node(n); err != nil {
			return err
		}
	}
	return nil
}

func (s *sampler) node(n node) error {
	switch n := n.(type) {
	case literal:
		s.add(string(n))
	case run:
		s.body(n, s.length(n))
	case uuid:
		return s.uuid(string(n))
	case choice:
		return s.sequence(n[s.IntN(len(n))])
	case repeat:
		for range s.length(run{lo: n.lo, hi: n.hi}) {
			if err := s.sequence(n.part); err != nil {
				return err
			}
		}
	case secret:
		from := len(s.text)
		err := s.sequence(sequence(n))
		s.start, s.end = from, len(s.text)
		return err
	case check:
		return s.generate(string(n))
	case place:
		s.path = string(n)
	default:
		return fmt.Errorf("no sample for a part of type %T", n)
	}
	return nil
}

func (s *sampler) add(text string) { s.text = append(s.text, text...) }

// fixed adds a text of one set whose length the format prescribes.
func (s *sampler) fixed(set, text string) {
	from := len(s.text)
	s.add(text)
	s.pieces = append(s.pieces, piece{from, len(s.text), run{len(text), len(text), set}})
}

// body adds n random bytes of a run.
func (s *sampler) body(r run, n int) {
	from := len(s.text)
	s.add(s.random(r.set, n))
	s.pieces = append(s.pieces, piece{from, len(s.text), r})
}

// random returns n bytes of a set, each as likely as any other.
func (s *sampler) random(set string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = set[s.IntN(len(set))]
	}
	return string(b)
}

// bytes returns n random bytes.
func (s *sampler) bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(s.Uint32())
	}
	return b
}

func (s *sampler) length(r run) int {
	hi := r.hi
	if hi < 0 {
		hi = r.lo + openEnd
	}
	switch {
	case s.lengths == leastLength || r.lo == hi:
		return r.lo
	case s.lengths == greatestLength:
		return hi
	case hi-r.lo > wide && s.IntN(8) > 0:
		hi = r.lo + wide
	}
	return r.lo + s.IntN(hi-r.lo+1)
}

const (
	digits    = "0123456789"
	lower     = "abcdefghijklmnopqrstuvwxyz"
	upper     = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	letters   = upper + lower
	alnum     = letters + digits
	hexLower  = digits + "abcdef"
	base64URL = alnum + "-_"
	base64Std = alnum + "+/"
)

var errKind = errors.New("unknown kind")

func (s *sampler) uuid(kind string) error {
	set := hexLower
	switch kind {
	case "8-4-4-4-12 hex", "lower hex", "v4":
	case "any-case hex":
		set = hexLower + "ABCDEF"
	case "lower letters and digits":
		set = lower + digits
	case "letters and digits":
		set = alnum
	default:
		return fmt.Errorf("UUID %q: %w", kind, errKind)
	}
	third, fourth := s.random(set, 4), s.random(set, 4)
	if kind == "v4" {
		third, fourth = "4"+third[1:], s.random("89ab", 1)+fourth[1:]
	}
	s.add(s.random(set, 8) + "-" + s.random(set, 4) + "-" + third + "-" + fourth + "-")
	s.fixed(set, s.random(set, 12))
	return nil
}

// bounded returns the parts whose bounds are those of the format.
func (s *sampler) bounded() []piece {
	if s.start == 0 && s.end == len(s.text) {
		return s.pieces
	}
	var inside []piece
	for _, p := range s.pieces {
		if s.start <= p.from && p.to <= s.end && p.lo == p.hi && p.lo > 8 {
			inside = append(inside, p)
		}
	}
	return inside
}

// shortened returns the sample without one byte of its last bounded part.
func (s *sampler) shortened() (Snippet, bool) {
	for _, p := range slices.Backward(s.bounded()) {
		if p.lo > 0 {
			return s.edited(p.to-1, p.to, ""), true
		}
	}
	return Snippet{}, false
}

// lengthened returns the sample with one byte more in its last bounded part.
func (s *sampler) lengthened() (Snippet, bool) {
	for _, p := range slices.Backward(s.bounded()) {
		if p.hi > 0 {
			return s.edited(p.to, p.to, s.random(p.set, 1)), true
		}
	}
	return Snippet{}, false
}

// withForeignByte returns the sample with a byte in the middle of its longest
// part that is none of the part's set.
func (s *sampler) withForeignByte() (Snippet, bool) {
	var longest piece
	for _, p := range s.bounded() {
		if p.lo > 1 && p.lo > longest.lo {
			longest = p
		}
	}
	if longest.lo == 0 {
		return Snippet{}, false
	}
	for _, c := range "gG_7-.,!" {
		if strings.IndexRune(longest.set, c) < 0 {
			at := (longest.from + longest.to) / 2
			return s.edited(at, at+1, string(c)), true
		}
	}
	return Snippet{}, false
}

// edited returns the sample with text[from:to] replaced.
func (s *sampler) edited(from, to int, with string) Snippet {
	sn := s.snippet()
	sn.Text = sn.Text[:from] + with + sn.Text[to:]
	move := func(at int) int {
		if at >= to {
			return at + len(with) - (to - from)
		}
		return at
	}
	sn.Start, sn.End = move(sn.Start), move(sn.End)
	return sn
}

// Builtin returns a sample of a built-in rule, or ends the test.
func Builtin(tb testing.TB, id string, seed uint64) Snippet {
	tb.Helper()
	set, err := rules.Builtin()
	if err != nil {
		tb.Fatal(err)
	}
	rule, ok := set.Rule(id)
	if !ok {
		tb.Fatalf("no rule %s", id)
	}
	sn, err := Sample(rule, seed)
	if err != nil {
		tb.Fatal(err)
	}
	return sn
}
