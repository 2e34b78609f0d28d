package ignore

import (
	"strings"
	"unicode/utf8"
)

// A glob is a compiled pattern that matches a whole path or name.
type glob struct {
	ops  []op
	sets []byteSet
	// thorough demands the slow match, which any sequence of ops allows. The
	// fast one needs each op that crosses slashes to be at the start or after
	// a slash, see match.
	thorough bool
}

type op struct {
	kind opKind
	b    byte  // of opByte
	set  int32 // of opSet
}

type opKind uint8

const (
	opByte    opKind = iota
	opAny            // one byte except "/"
	opRune           // one character except "/"
	opSet            // one byte out of a set
	opRuneSet        // likewise, or one character beyond ASCII
	opStar           // any bytes except "/"
	opAll            // any bytes
	opDirs           // nothing, or any bytes up to and including a "/"
	opNever          // nothing matches
)

// A byteSet is a set of bytes.
type byteSet [4]uint64

func (s *byteSet) has(b byte) bool { return s[b>>6]>>(b&63)&1 != 0 }
func (s *byteSet) add(b byte)      { s[b>>6] |= 1 << (b & 63) }
func (s *byteSet) remove(b byte)   { s[b>>6] &^= 1 << (b & 63) }

func (s *byteSet) addRange(lo, hi byte) {
	for b := int(lo); b <= int(hi); b++ {
		s.add(byte(b))
	}
}

func (s *byteSet) invert() {
	for i := range s {
		s[i] = ^s[i]
	}
}

// append adds an op. Of two in a row that cross slashes, one says it all.
func (g *glob) append(kind opKind) {
	if n := len(g.ops); n > 0 && (kind == opDirs || kind == opAll) {
		last := &g.ops[n-1]
		if last.kind == opDirs {
			last.kind = kind
			return
		}
		g.thorough = g.thorough || last.kind != opByte || last.b != '/'
	}
	g.ops = append(g.ops, op{kind: kind})
}

func (g *glob) appendByte(b byte) { g.ops = append(g.ops, op{kind: opByte, b: b}) }

func (g *glob) appendString(s string) {
	for i := range len(s) {
		g.appendByte(s[i])
	}
}

func (g *glob) appendSet(s byteSet) {
	g.ops = append(g.ops, op{kind: opSet, set: int32(len(g.sets))})
	g.sets = append(g.sets, s)
}

// match reports whether the whole text matches.
//
// A mismatch is repaired by the last star, or, where that would have to cross
// a slash, by the last op that may. Going further back is of no use: what
// stands between two such ops has a fixed number of slashes and ends in one,
// so that the first place where it matches is also where it ends first.
func (g *glob) match(text []byte) bool {
	if g.thorough {
		return g.matchThorough(text)
	}
	const none = -1
	starOp, starText, deepOp, deepText := none, 0, none, 0
	i, t := 0, 0
	for {
		if i < len(g.ops) {
			switch o := g.ops[i]; o.kind {
			case opStar:
				starOp, starText = i, t
				i++
				continue
			case opAll, opDirs:
				deepOp, deepText, starOp = i, t, none
				i++
				continue
			default:
				if t < len(text) {
					if n := g.one(o, text[t:]); n > 0 {
						i++
						t += n
						continue
					}
				}
			}
		} else if t == len(text) {
			return true
		}
		switch {
		case starOp != none && starText < len(text) && text[starText] != '/':
			starText++
			i, t = starOp+1, starText
		case deepOp != none:
			next := g.extend(g.ops[deepOp].kind, text, deepText)
			if next < 0 {
				return false
			}
			deepText, starOp = next, none
			i, t = deepOp+1, deepText
		default:
			return false
		}
	}
}

// extend returns the next longer end of an op that crosses slashes, or -1.
func (g *glob) extend(kind opKind, text []byte, from int) int {
	if kind == opAll {
		if from < len(text) {
			return from + 1
		}
		return -1
	}
	for ; from < len(text); from++ {
		if text[from] == '/' {
			return from + 1
		}
	}
	return -1
}

// one returns how many bytes of text, which is not empty, an op for one
// character matches; 0 if it does not.
func (g *glob) one(o op, text []byte) int {
	c := text[0]
	ok := false
	switch o.kind {
	case opByte:
		ok = c == o.b
	case opAny:
		ok = c != '/'
	case opSet:
		ok = g.sets[o.set].has(c)
	case opRune, opRuneSet:
		if c == '/' || o.kind == opRuneSet && c < utf8.RuneSelf && !g.sets[o.set].has(c) {
			return 0
		}
		_, n := utf8.DecodeRune(text)
		return n
	}
	if ok {
		return 1
	}
	return 0
}

// matchEnd reports whether the end of the text matches the ops after the last
// one of no fixed length. It is a quick test before the whole match.
func (g *glob) matchEnd(text []byte) bool {
	for i, t := len(g.ops)-1, len(text)-1; i >= 0; i, t = i-1, t-1 {
		switch o := g.ops[i]; o.kind {
		case opByte, opAny, opSet:
			if t < 0 || g.one(o, text[t:]) == 0 {
				return false
			}
		default:
			return o.kind != opNever
		}
	}
	return true
}

// matchThorough follows all ways at once: reach[i] says that the first i ops
// can match the text so far.
func (g *glob) matchThorough(text []byte) bool {
	m := len(g.ops)
	// A character has up to four bytes, so four places ahead are kept.
	var rows [utf8.UTFMax + 1][]bool
	for i := range rows {
		rows[i] = make([]bool, m+1)
	}
	rows[0][0] = true
	// pending[i] says that op i, an opDirs, has begun.
	pending := make([]bool, m)
	for t := 0; ; t++ {
		row := rows[0]
		for i, o := range g.ops {
			if row[i] && (o.kind == opStar || o.kind == opAll || o.kind == opDirs) {
				row[i+1] = true
			}
		}
		if t == len(text) {
			return row[m]
		}
		for i, o := range g.ops {
			if o.kind == opDirs {
				pending[i] = pending[i] || row[i]
				if pending[i] && text[t] == '/' {
					rows[1][i+1] = true
				}
			}
			if !row[i] {
				continue
			}
			switch o.kind {
			case opAll:
				rows[1][i] = true
			case opStar:
				if text[t] != '/' {
					rows[1][i] = true
				}
			case opDirs:
			default:
				if n := g.one(o, text[t:]); n > 0 {
					rows[n][i+1] = true
				}
			}
		}
		clear(row)
		copy(rows[:], rows[1:])
		rows[len(rows)-1] = row
	}
}

// compileGit compiles what follows the literal start of a git pattern. In a
// pathname pattern, stars stop at slashes and "**" may cross them. Of a
// folded pattern, the texts it will be given are in lower case.
func compileGit(p string, pathname, fold bool) *glob {
	g := &glob{}
	for i := 0; i < len(p); {
		switch c := p[i]; c {
		case '*':
			i = g.gitStars(p, i, pathname)
		case '?':
			g.append(opAny)
			i++
		case '[':
			set, n := gitClass(p[i:], fold)
			if n == 0 {
				g.append(opNever)
				return g
			}
			set.remove('/') // the names of a plain pattern have none
			g.appendSet(set)
			i += n
		case '\\':
			if i+1 == len(p) {
				g.append(opNever)
				return g
			}
			// What is escaped is not folded, and so a capital matches nothing.
			g.appendByte(p[i+1])
			i += 2
		default:
			if fold {
				c = lowerByte(c)
			}
			g.appendByte(c)
			i++
		}
	}
	return g
}

// gitStars compiles the stars at p[i] and returns the place after them.
func (g *glob) gitStars(p string, i int, pathname bool) int {
	end := i
	for end < len(p) && p[end] == '*' {
		end++
	}
	rest := p[end:]
	alone := pathname && end-i > 1 && (i == 0 || p[i-1] == '/')
	switch {
	case alone && strings.HasPrefix(rest, "/"):
		g.append(opDirs)
		return end + 1
	case alone && (rest == "" || strings.HasPrefix(rest, `\/`)):
		g.append(opAll)
	default:
		g.append(opStar)
	}
	return end
}

// gitClass compiles the bracket expression at the start of p and returns its
// length, 0 if it has no end or names an unknown class.
func gitClass(p string, fold bool) (set byteSet, n int) {
	i := 1
	negated := i < len(p) && (p[i] == '!' || p[i] == '^')
	if negated {
		i++
	}
	previous := byte(0) // what a range would start with; 0 if none can
	for first := true; ; first = false {
		if i >= len(p) {
			return set, 0
		}
		c := p[i]
		switch {
		case c == ']' && !first:
			if negated {
				set.invert()
			}
			return set, i + 1
		case c == '-' && previous != 0 && i+1 < len(p) && p[i+1] != ']':
			i++
			if p[i] == '\\' {
				if i++; i == len(p) {
					return set, 0
				}
			}
			set.addRange(previous, p[i])
			if fold {
				foldRange(&set, previous, p[i])
			}
			previous = 0
			i++
			continue
		case c == '[' && i+1 < len(p) && p[i+1] == ':':
			end := strings.IndexByte(p[i+2:], ']')
			if end < 0 {
				return set, 0
			}
			if name := p[i+2 : i+2+end]; strings.HasSuffix(name, ":") {
				if !set.addClass(strings.TrimSuffix(name, ":"), fold) {
					return set, 0
				}
				previous = 0
				i += 2 + end + 1
				continue
			}
		case c == '\\':
			if i++; i == len(p) {
				return set, 0
			}
			c = p[i]
		}
		set.add(c)
		previous = c
		i++
	}
}

// foldRange adds the small letters whose capitals are in a range.
func foldRange(set *byteSet, lo, hi byte) {
	for c := byte('A'); c <= 'Z'; c++ {
		if lo <= c && c <= hi {
			set.add(lowerByte(c))
		}
	}
}

// addClass adds a POSIX class and reports whether it exists.
func (s *byteSet) addClass(name string, fold bool) bool {
	switch name {
	case "alnum":
		s.addRange('0', '9')
		s.addLetters()
	case "alpha":
		s.addLetters()
	case "blank":
		s.add(' ')
		s.add('\t')
	case "cntrl":
		s.addRange(0, 0x1f)
		s.add(0x7f)
	case "digit":
		s.addRange('0', '9')
	case "graph":
		s.addRange('!', '~')
	case "lower":
		s.addRange('a', 'z')
	case "print":
		s.addRange(' ', '~')
	case "punct":
		s.addRange('!', '/')
		s.addRange(':', '@')
		s.addRange('[', '`')
		s.addRange('{', '~')
	case "space":
		s.addRange('\t', '\r')
		s.add(' ')
	case "upper":
		s.addRange('A', 'Z')
		if fold {
			s.addRange('a', 'z')
		}
	case "xdigit":
		s.addRange('0', '9')
		s.addRange('a', 'f')
		s.addRange('A', 'F')
	default:
		return false
	}
	return true
}

func (s *byteSet) addLetters() {
	s.addRange('a', 'z')
	s.addRange('A', 'Z')
}

func lowerByte(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// lowerASCII returns s with ASCII capitals made small, other bytes untouched.
func lowerASCII(s string) string {
	for i := range len(s) {
		if lowerByte(s[i]) != s[i] {
			b := []byte(s)
			for j := range b {
				b[j] = lowerByte(b[j])
			}
			return string(b)
		}
	}
	return s
}
