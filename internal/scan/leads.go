package scan

import (
	"bytes"
	"strings"

	"github.com/keysift/keysift/internal/judge"
)

// What stands here tells which words and values lead the judge to a line: most
// stand in prose, paths, digests and code, where they name or are nothing.

// leadsOn reports whether the word text[at:end] leads to its line.
func leadsOn(f judge.Family, text []byte, at, end int) bool {
	if f == judge.FamilyJSON && (opensBlock(text, end) || inValue(text, at, end)) {
		return false
	}
	code := inCode(f)
	if isStructured(f) && (inProse(text, at, end) || !attached(text, at, end)) && !(code && typed(text, end)) {
		return false
	}
	return !code || !inPath(text, at, end)
}

// isStructured reports whether a file is a program or data in which a value
// stands behind an operator or in quotes, and never just behind a word.
func isStructured(f judge.Family) bool {
	return f >= judge.FamilyGo && f <= judge.FamilyOther || f == judge.FamilyJSON || f == judge.FamilyYAML
}

// inProse reports whether the word that holds text[start:end] stands between
// other words, as in a comment or a description.
func inProse(text []byte, start, end int) bool {
	for start > 0 && isNameByte(text[start-1]) {
		start--
	}
	for end < len(text) && isNameByte(text[end]) {
		end++
	}
	if start < 2 || text[start-1] != ' ' || !isNameByte(text[start-2]) || bytes.EqualFold(text[max(0, end-len(identifiedBy)):end], []byte(identifiedBy)) {
		return false
	}
	return end+1 < len(text) && text[end] == ' ' && isNameByte(text[end+1])
}

// identifiedBy is how a statement of SQL says that a password follows.
const identifiedBy = "identified by"

// attached reports whether the word that holds text[start:end] is joined to
// something that may give it a value: quotes, an operator, a flag's hyphens, or
// the end of its line.
func attached(text []byte, start, end int) bool {
	for start > 0 && (isNameByte(text[start-1]) || text[start-1] == '-' || text[start-1] == '.') {
		start--
	}
	for end < len(text) && (isNameByte(text[end]) || text[end] == '-') {
		end++
	}
	const joints = "\"'`=:/@&?()<>[]{}|\\.\r\n"
	if strings.IndexByte(joints, text[end-1]) >= 0 {
		return true // the operator belongs to the word
	}
	if start == 0 || end == len(text) || text[start] == '-' ||
		strings.IndexByte(joints, text[start-1]) >= 0 || strings.IndexByte(joints, text[end]) >= 0 {
		return true
	}
	for end < len(text) && text[end] == ' ' {
		end++
	}
	return end < len(text) && strings.IndexByte("\"'`=:{", text[end]) >= 0
}

// inPath reports whether the word text[start:end] of a program belongs to a
// literal that is a path, as that of an import, and that nothing but closing
// brackets follows: it gives no value a name.
func inPath(text []byte, start, end int) bool {
	slash, lo, hi := false, max(0, start-maxPath), min(len(text), end+maxPath)
	for start > lo && (isNameByte(text[start-1]) || strings.IndexByte("/.-", text[start-1]) >= 0) {
		start--
		slash = slash || text[start] == '/'
	}
	for end < hi && (isNameByte(text[end]) || strings.IndexByte("/.-", text[end]) >= 0) {
		slash = slash || text[end] == '/'
		end++
	}
	if !slash || start == 0 || end == len(text) || text[end] != '"' || text[start-1] != '"' {
		return false
	}
	for end++; end < min(len(text), hi) && strings.IndexByte("),;{}[] \t\r", text[end]) >= 0; {
		end++
	}
	return end == len(text) || text[end] == '\n'
}

// maxPath bounds the bytes on each side of a word that are looked at to tell
// whether it belongs to a path.
const maxPath = 256

// inImport reports whether the value at a place in a program belongs to a path as
// of inPath that begins with the name of a host.
func inImport(text []byte, at int) bool {
	if !inPath(text, at, at) {
		return false
	}
	start := 1 + judge.LastByte(text[max(0, at-maxPath):at], '"') + max(0, at-maxPath)
	dot := false
	for _, c := range text[start:] {
		switch {
		case c == '/':
			return dot
		case c == '.':
			dot = true
		case c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9'):
			return false
		}
	}
	return false
}

// inValue reports whether the word text[start:end] of a JSON document belongs to
// a value in which it names nothing: a sentence, or a name of something else
// than of an entry, as in {"name": "password", "value": "…"}.
func inValue(text []byte, start, end int) bool {
	lo := max(0, start-judge.MaxLine)
	quote := lo + judge.LastByte(text[lo:start], '"')
	if quote < lo || quote > 0 && text[quote-1] == '\\' {
		return false
	}
	key := len(bytes.TrimRight(text[lo:quote], " \t")) + lo
	if key == lo || text[key-1] != ':' {
		return false // it is a key, or an element of a list
	}
	for start > quote+1 && (isNameByte(text[start-1]) || text[start-1] == '-' || text[start-1] == '.') {
		start--
	}
	for end < len(text) && (isNameByte(text[end]) || text[end] == '-' || text[end] == '.') {
		end++
	}
	if end == len(text) {
		return false
	}
	switch next := text[end]; {
	case next == '"':
		return start != quote+1 || !judge.NamesEntry(text[lo:key-1])
	case next == ' ':
		return !carries(text[end+1:])
	default:
		return next == ',' || next == ')' || next == ';'
	}
}

// carries reports whether text begins with something that a word before it may
// name: a token of some length with a digit in it, or a sign and more.
func carries(text []byte) bool {
	digit := false
	for n, c := range text {
		if c <= ' ' || c == '"' || n == 64 {
			return digit && n >= 8
		}
		if n == 0 && !isNameByte(c) {
			return true // an operator, a quote, a flag
		}
		digit = digit || c >= '0' && c <= '9'
	}
	return false
}

// isPointer reports whether the value at a place is a reference into the same
// document, as the schemas of interfaces hold many.
func isPointer(text []byte, at int) bool {
	return at >= 2 && text[at] == '/' && text[at-1] == '#' && (text[at-2] == '"' || text[at-2] == '\'')
}

// typed reports whether a type and an operator follow the name in a program that
// goes on at a place: var password string = "…".
func typed(text []byte, at int) bool {
	for at < len(text) && isNameByte(text[at]) {
		at++
	}
	k, last := at, min(len(text), at+maxType)
	for k < last && (isNameByte(text[k]) || strings.IndexByte(" .*[]<>?", text[k]) >= 0) {
		k++
	}
	return k < last && text[k] == '=' && text[k-1] == ' '
}

// maxType bounds the length of a type that is looked through, in bytes.
const maxType = 40

// opensBlock reports whether the line in which a place lies ends in an opening
// bracket: what it names is no value.
func opensBlock(text []byte, at int) bool { return endsIn(text, at, "{") }

// endsIn reports whether the last byte of the line in which a place lies, but
// for white space, is one of those in set. A line that goes on for more than
// judge.MaxLine has no end that would count.
func endsIn(text []byte, at int, set string) bool {
	n := bytes.IndexByte(text[at:min(len(text), at+judge.MaxLine)], '\n')
	if n < 0 {
		return false
	}
	l := bytes.TrimRight(text[at:at+n], " \t\r")
	return len(l) > 0 && strings.IndexByte(set, l[len(l)-1]) >= 0
}

// mayHoldRemark reports whether something that a comment goes on with behind a
// word can be its value: prose has neither digits nor operators.
func mayHoldRemark(rest []byte) bool {
	for _, c := range rest {
		if c >= '0' && c <= '9' || strings.IndexByte("\"'`=:@", c) >= 0 {
			return true
		}
	}
	return false
}

// inComment reports whether a place in a program lies on a line that is nothing
// but a comment.
func inComment(text []byte, at int) bool {
	first := max(0, at-judge.MaxLine) // a line that is longer is no comment
	start := judge.LastNewline(text[first:at])
	if start < 0 && first > 0 {
		return false
	}
	l := bytes.TrimLeft(text[first+start+1:at], " \t")
	return len(l) > 0 && (l[0] == '#' || l[0] == '*' || len(l) > 1 && l[0] == '/' && (l[1] == '/' || l[1] == '*'))
}

// isDigest reports whether a value is written as the digest of something, as
// lock files and integrity attributes do.
func isDigest(text []byte, at int) bool {
	n := 0
	for at+n < len(text) && n <= 128 && isHexByte(text[at+n]) {
		n++
	}
	if n == 96 || n == 128 {
		return true // of SHA-384 or SHA-512; no key is that long
	}
	before := text[max(0, at-8):at]
	value := text[at:min(len(text), at+8)]
	if bytes.HasSuffix(before, []byte("h1:")) {
		return true
	}
	for _, name := range [...]string{"sha1", "sha256", "sha384", "sha512", "md5"} {
		if k := len(before) - len(name) - 1; k >= 0 && string(before[k:len(before)-1]) == name && (before[len(before)-1] == ':' || before[len(before)-1] == '-') ||
			len(value) > len(name) && string(value[:len(name)]) == name && value[len(name)] == '-' {
			return true
		}
	}
	return false
}

// isVersion reports whether a value is the version of a Go module that has none:
// a number, the time of the commit and the start of its id.
func isVersion(text []byte, at int) bool {
	const digits, hex = 14, 12
	for n := 0; n < 3 && at < len(text) && text[at] >= '0' && text[at] <= '9'; n++ {
		at++
	}
	if at+digits+hex+2 > len(text) || text[at] != '-' || text[at+digits+1] != '-' {
		return false
	}
	for _, c := range text[at+1 : at+1+digits] {
		if c < '0' || c > '9' {
			return false
		}
	}
	for _, c := range text[at+digits+2 : at+digits+2+hex] {
		if !isHexByte(c) {
			return false
		}
	}
	return at+digits+hex+2 == len(text) || !isNameByte(text[at+digits+hex+2])
}

func isHexByte(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' }

func isNameByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_'
}

// inCode reports whether a file is a program, in which a bare word is an
// identifier and never a value.
func inCode(f judge.Family) bool {
	return f >= judge.FamilyGo && f <= judge.FamilyOther
}

// goesOn reports whether the line of a program in which a place lies ends in the
// middle of something that gives a name its value.
func goesOn(text []byte, at int) bool { return endsIn(text, at, "=(:+\"'`\\") }

// restOfLine returns what stands on a line from a place on.
func restOfLine(text []byte, at int) []byte {
	rest := text[at:min(len(text), at+judge.MaxLine)]
	if n := bytes.IndexByte(rest, '\n'); n >= 0 {
		return rest[:n]
	}
	return rest
}

// holdsValue reports whether the line of a program on which the word text[at:end]
// stands may hold a value of that name.
func holdsValue(text []byte, at, end int) bool {
	rest := restOfLine(text, at)
	return mayHoldLiteral(behindName(rest, end-at)) || mayHoldRemark(rest) && inComment(text, at)
}

// behindName returns what is left of a line that begins with a word of n bytes,
// behind the literal that ends with the name to which the word belongs: what that
// names stands behind it. If there is none, it returns the line.
func behindName(l []byte, n int) []byte {
	if n = min(n, len(l)); n > 0 && isQuoteByte(l[n-1]) {
		return l[n:]
	}
	for n < len(l) && (isNameByte(l[n]) || l[n] == '-' || l[n] == '.') {
		n++
	}
	if n < len(l) && isQuoteByte(l[n]) {
		return l[n+1:]
	}
	return l
}

func isQuoteByte(c byte) bool { return c == '"' || c == '\'' || c == '`' }

// mayHoldLiteral reports whether a line of a program can hold a value: in
// quotes, as bytes, or in a comment that assigns something.
func mayHoldLiteral(l []byte) bool {
	comment, assigns, listed := false, false, 0
	for i := 0; i < len(l); i++ {
		switch c := l[i]; c {
		case '"', '\'', '`':
			n := bytes.IndexByte(l[i+1:], c)
			end := i + n + 1
			if n < 0 || n >= judge.LeastLiteral || l[end-1] == '\\' || end+1 < len(l) && isNameByte(l[end+1]) {
				return true // or one that has quotes in it
			}
			i = end
		case '#':
			comment = true
		case '*':
			comment = comment || i == 0 || l[i-1] == '/' || len(bytes.TrimLeft(l[:i], " \t")) == 0
		case '/':
			comment = comment || i > 0 && l[i-1] == '/'
		case '=', ':':
			assigns = true
		case 'x':
			if i > 0 && l[i-1] == '0' {
				return true
			}
		case ',':
			if i > 0 && l[i-1] >= '0' && l[i-1] <= '9' {
				if listed++; listed == minBytes {
					return true
				}
			}
		}
	}
	return comment && assigns
}

// minBytes is how many numbers of a list in a program may be bytes of a key.
const minBytes = 7
