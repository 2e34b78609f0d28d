package secrettest

import (
	"fmt"
	"strconv"
	"strings"
)

// A node is a part of a shape.
type node interface{}

type (
	sequence []node
	literal  string
	// run is a number of bytes of one set. hi is -1 without an upper bound.
	run struct {
		lo, hi int
		set    string
	}
	choice []sequence
	// repeat is a sequence that stands lo to hi times.
	repeat struct {
		lo, hi int
		part   sequence
	}
	uuid   string // how its digits are written
	secret sequence
	check  string // the name of a generator, with its arguments behind a blank
	place  string // the path of the file
)

// anyCharacter is the set of "any character": what stands in a credential
// without ending the word in any of the languages that the places are made of.
const anyCharacter = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%*+./:=?@^_|~-"

func anyByte() string {
	var b [256]byte
	for i := range b {
		b[i] = byte(i)
	}
	return string(b[:])
}

// parseShape reads a shape: parts joined by "+", each one of
//
//	"text"  text                     a literal, with or without quotes
//	N [set]  N-M [set]  N+ [set]     so many bytes of a set; any character, any byte
//	one of (a | b)  optional (a)     alternatives, a part that may be missing
//	(a) xN  (a) xN-M                 a part several times
//	UUID (8-4-4-4-12 hex)            also any-case hex, v4, letters and digits
//	secret(a)                        the credential, where it is not everything
//	check(NAME ARG...)               what a generator makes
//	path(NAME)  newline              the path of the file, a line break
func parseShape(text string) (sequence, error) {
	p := &shapeReader{text: text}
	s, err := p.sequence()
	if err == nil && p.at < len(p.text) {
		err = p.fail("unexpected %q", p.text[p.at:])
	}
	if err != nil {
		return nil, fmt.Errorf("shape %q: %w", text, err)
	}
	return s, nil
}

type shapeReader struct {
	text string
	at   int
}

func (p *shapeReader) fail(format string, args ...any) error {
	return fmt.Errorf("at byte %d: %s", p.at, fmt.Sprintf(format, args...))
}

func (p *shapeReader) blanks() {
	for p.at < len(p.text) && p.text[p.at] == ' ' {
		p.at++
	}
}

// accept skips a word if it stands next.
func (p *shapeReader) accept(word string) bool {
	if !strings.HasPrefix(p.text[p.at:], word) {
		return false
	}
	p.at += len(word)
	return true
}

func (p *shapeReader) sequence() (sequence, error) {
	var s sequence
	for {
		p.blanks()
		n, err := p.part()
		if err != nil {
			return nil, err
		}
		s = append(s, n)
		p.blanks()
		if !p.accept("+ ") {
			return s, nil
		}
	}
}

func (p *shapeReader) part() (node, error) {
	switch {
	case p.at >= len(p.text):
		return nil, p.fail("a part is missing")
	case p.accept(`"`):
		return p.quoted()
	case p.accept("one of ("):
		return p.choice()
	case p.accept("optional ("):
		s, err := p.inside()
		return repeat{0, 1, s}, err
	case p.accept("secret("):
		s, err := p.inside()
		return secret(s), err
	case p.accept("check("):
		name, err := p.upTo(")")
		return check(name), err
	case p.accept("path("):
		name, err := p.upTo(")")
		return place(name), err
	case p.accept("newline"):
		return literal("\n"), nil
	case p.accept("UUID-like ("), p.accept("UUID ("):
		kind, err := p.upTo(")")
		return uuid(kind), err
	case p.accept("UUID"):
		return uuid("8-4-4-4-12 hex"), nil
	case p.accept("("):
		return p.group()
	}
	if r, ok, err := p.run(); ok || err != nil {
		return r, err
	}
	return p.bare(), nil
}

func (p *shapeReader) upTo(end string) (string, error) {
	i := strings.Index(p.text[p.at:], end)
	if i < 0 {
		return "", p.fail("%q is missing", end)
	}
	s := p.text[p.at : p.at+i]
	p.at += i + len(end)
	return s, nil
}

// quoted reads a literal up to its closing quote. A backslash stands before a
// quote, a backslash, and the letters of Go's escapes for control characters.
func (p *shapeReader) quoted() (node, error) {
	from := p.at - 1
	for ; p.at < len(p.text); p.at++ {
		switch p.text[p.at] {
		case '\\':
			p.at++
		case '"':
			p.at++
			s, err := strconv.Unquote(p.text[from:p.at])
			if err != nil {
				return nil, p.fail("literal %s: %v", p.text[from:p.at], err)
			}
			return literal(s), nil
		}
	}
	return nil, p.fail("the closing quote is missing")
}

// bare reads a literal without quotes, up to the next part.
func (p *shapeReader) bare() node {
	rest := p.text[p.at:]
	end := len(rest)
	for _, stop := range []string{" + ", " |", ")"} {
		if i := strings.Index(rest, stop); i > 0 {
			end = min(end, i)
		}
	}
	p.at += end
	return literal(rest[:end])
}

func (p *shapeReader) inside() (sequence, error) {
	s, err := p.sequence()
	if err == nil && !p.accept(")") {
		err = p.fail("a closing bracket is missing")
	}
	return s, err
}

func (p *shapeReader) choice() (node, error) {
	var c choice
	for {
		s, err := p.sequence()
		if err != nil {
			return nil, err
		}
		c = append(c, s)
		p.blanks()
		switch {
		case p.accept(")"):
			return c, nil
		case !p.accept("|"):
			return nil, p.fail("want | or a closing bracket")
		}
	}
}

func (p *shapeReader) group() (node, error) {
	s, err := p.inside()
	if err != nil {
		return nil, err
	}
	p.blanks()
	if !p.accept("x") {
		return nil, p.fail("want x and a number behind the bracket")
	}
	lo, hi, err := p.count()
	return repeat{lo, hi, s}, err
}

func (p *shapeReader) number() (int, bool) {
	from := p.at
	for p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' {
		p.at++
	}
	n, err := strconv.Atoi(p.text[from:p.at])
	return n, err == nil
}

// count reads N, N-M or N+.
func (p *shapeReader) count() (lo, hi int, err error) {
	lo, ok := p.number()
	if !ok {
		return 0, 0, p.fail("want a number")
	}
	switch {
	case p.accept("+"):
		return lo, -1, nil
	case p.accept("-"):
		if hi, ok = p.number(); !ok || hi < lo {
			return 0, 0, p.fail("want a number of at least %d", lo)
		}
		return lo, hi, nil
	}
	return lo, lo, nil
}

// run reads a count and a set. ok is false, and nothing read, if no such thing
// stands next.
func (p *shapeReader) run() (r run, ok bool, err error) {
	from := p.at
	lo, hi, err := p.count()
	if err != nil || !p.accept(" ") {
		p.at = from
		return run{}, false, nil
	}
	switch {
	case p.accept("any character"):
		return run{lo, hi, anyCharacter}, true, nil
	case p.accept("any byte"):
		return run{lo, hi, anyByte()}, true, nil
	case p.accept("["):
		text, err := p.upTo("]")
		if err != nil {
			return run{}, false, err
		}
		set, err := members(text)
		return run{lo, hi, set}, true, err
	}
	p.at = from
	return run{}, false, nil
}

// members lists the bytes of a set such as A-Za-z0-9+/ once each.
func members(text string) (string, error) {
	var out []byte
	for i := 0; i < len(text); i++ {
		c := text[i]
		if i+2 < len(text) && text[i+1] == '-' {
			for b := int(c); b <= int(text[i+2]); b++ {
				out = append(out, byte(b))
			}
			i += 2
			continue
		}
		out = append(out, c)
	}
	seen := [256]bool{}
	unique := out[:0]
	for _, c := range out {
		if !seen[c] {
			unique = append(unique, c)
		}
		seen[c] = true
	}
	if len(unique) == 0 {
		return "", fmt.Errorf("set [%s] is empty", text)
	}
	return string(unique), nil
}
