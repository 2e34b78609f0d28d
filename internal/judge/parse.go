package judge

// span is a string literal of a line.
type span struct {
	open, start, end, close int // close is the first byte behind the closing quote
	quote                   byte
	escaped                 bool
}

// maxSpans bounds the literals of a line that are looked at.
const maxSpans = 64

// parser finds the candidates of one line. lo and hi bound the line, floor and
// ceil the context that may be read around it.
type parser struct {
	text    []byte
	lo, hi  int
	family  Family
	traits  trait // of the line
	comment int   // where a comment begins, hi if there is none
	first   int   // see floor; -1 if not looked for yet
	spans   [maxSpans]span
	nspans  int
	dst     []Candidate
	base    int  // candidates of earlier lines in dst
	looked  int  // bytes of bare values; see maxLooked
	all     bool // keep what the gate turns away
}

// maxLooked bounds the bytes of all bare values of a line. They overlap where a
// value holds operators, and of a line of nothing else each would be looked at
// to its end.
const maxLooked = 4 * MaxLine

// line appends the candidates of the line, most telling form first.
func (p *parser) line() {
	p.traits = traitsOf(p.text[p.lo:p.hi])
	p.first, p.nspans, p.comment, p.looked = -1, 0, p.hi, 0
	if p.traits&(hasQuote|hasEntity) != 0 {
		p.findSpans(p.lo, p.hi, 0, 0)
	}
	if p.traits&hasComment != 0 {
		p.comment = p.findComment()
	}
	if p.traits&(hasColon|hasAt) == hasColon|hasAt {
		p.urls()
	}
	if p.traits&(hasSpace|hasPercent|hasColon|hasPlus) != 0 {
		p.headers()
	}
	for i := range p.nspans {
		p.quoted(&p.spans[i])
	}
	if p.traits&(hasColon|hasEqual|hasPercent) != 0 {
		p.operators()
	}
	if p.traits&(hasSpace|hasDash) != 0 {
		p.spaced()
	}
	if p.traits&hasRun != 0 {
		p.runs()
	}
	p.sort()
}

// floor returns where the context begins that a verdict about the line may read.
func (p *parser) floor() int {
	if p.first < 0 {
		p.first = contextFloor(p.text, p.lo)
	}
	return p.first
}

// ceil returns where that context ends.
func (p *parser) ceil() int { return contextCeil(p.text, p.hi) }

// add keeps c unless the same bytes are a candidate already or the gate turns it away.
func (p *parser) add(c Candidate) {
	if c.End <= c.Start || len(p.dst)-p.base >= maxLineCandidates {
		return
	}
	for i := p.base; i < len(p.dst); i++ {
		d := &p.dst[i]
		if c.Start == d.Start || (c.Form == FormRun || c.Form == FormUUID || d.Form == FormUserInfo) && c.Start < d.End && d.Start < c.End {
			return
		}
	}
	c.LineStart, c.LineEnd, c.Family = p.lo, p.hi, p.family
	if c.Start >= p.comment {
		c.Flags |= FlagInComment
	}
	c.name = readName(p.text[c.NameStart:c.NameEnd])
	if !p.all && c.Form.named() && byName(p.text, &c) != Accepted {
		return // as the gate would find in the end: most fall here
	}
	if c.Reject == Accepted {
		c.Reject = gate(p.text, &c)
	}
	if c.Reject == Accepted || p.all {
		p.dst = append(p.dst, c)
	}
}

func (p *parser) sort() {
	s := p.dst[p.base:]
	for i := 1; i < len(s); i++ { // few and nearly sorted
		for j := i; j > 0 && (s[j].Start < s[j-1].Start || s[j].Start == s[j-1].Start && s[j].End < s[j-1].End); j-- {
			s[j], s[j-1] = s[j-1], s[j]
		}
	}
}

// findSpans records the string literals between from and to, and those within
// them that are written with another or with an escaped quote.
func (p *parser) findSpans(from, to int, outer byte, depth int) {
	for i := from; i < to; i++ {
		c := p.text[i]
		if c == '&' && depth < 2 {
			if n := p.entitySpan(i, to); n > 0 {
				i = n - 1
			}
			continue
		}
		escaped := false
		if c == '\\' && i+1 < to && isQuote(p.text[i+1]) && depth > 0 {
			escaped = true
		} else if !isQuote(c) || c == outer {
			if c == '\\' {
				i++
			}
			continue
		}
		open := i
		if escaped {
			i++
			c = p.text[i]
		}
		if !p.mayOpen(open, from, c) {
			continue
		}
		end := p.closing(i+1, to, c, escaped)
		if end < 0 {
			continue
		}
		s := span{open: open, start: i + 1, end: end, close: end + 1, quote: c, escaped: escaped}
		if escaped {
			s.close++
		}
		if p.nspans == maxSpans {
			return
		}
		p.spans[p.nspans] = s
		p.nspans++
		if depth < 2 && s.end-s.start > 8 {
			p.findSpans(s.start, s.end, c, depth+1)
		}
		i = s.close - 1
	}
}

// entitySpan records a literal quoted by HTML entities that begins at i and
// returns where it ends, or 0.
func (p *parser) entitySpan(i, to int) int {
	entity := ""
	for _, e := range [...]string{"&quot;", "&#34;", "&#39;"} {
		if hasPrefix(p.text[i:to], e) {
			entity = e
		}
	}
	if entity == "" {
		return 0
	}
	for j := i + len(entity); j+len(entity) <= to && j-i < 256; j++ {
		if p.text[j] == '&' && hasPrefix(p.text[j:to], entity) {
			if p.nspans < maxSpans {
				p.spans[p.nspans] = span{open: i, start: i + len(entity), end: j, close: j + len(entity), quote: '"', escaped: true}
				p.nspans++
			}
			return j + len(entity)
		}
	}
	return 0
}

// mayOpen reports whether the quote at i can open a literal: behind a word it
// is an apostrophe or closes one, unless the word is a literal's prefix.
func (p *parser) mayOpen(i, from int, quote byte) bool {
	if i == from || !isWord(p.text[i-1]) {
		return true
	}
	j := i
	for j > from && isWord(p.text[j-1]) {
		j--
	}
	return isLiteralPrefix(p.text[j:i])
}

func isLiteralPrefix(s []byte) bool {
	if len(s) > 2 {
		return false
	}
	for _, c := range s {
		switch lower(c) {
		case 'b', 'r', 'u', 'f', 'l', 'n', 'e', 's', 'q', 'w', 'c':
		default:
			return false
		}
	}
	return true
}

// closing returns the place of the quote that closes a literal whose content
// begins at i, or -1. An escaped literal closes at the backslash of its quote.
func (p *parser) closing(i, to int, quote byte, escaped bool) int {
	prose := quote == '\'' && (p.family == FamilyText || p.family == FamilyMarkup)
	for j := i; j < to; j++ {
		switch {
		case p.text[j] == '\\' && j+1 < to:
			if escaped && p.text[j+1] == quote {
				return j
			}
			j++
		case p.text[j] == quote && !escaped:
			if prose && j+1 < to && isLetter(p.text[j+1]) {
				continue
			}
			return j
		}
	}
	return -1
}

// findComment returns where a comment of the line begins outside its literals.
func (p *parser) findComment() int {
	next := 0
	for i := p.lo; i < p.hi; i++ {
		for next < p.nspans && p.spans[next].open < i {
			next++
		}
		if next < p.nspans && p.spans[next].open == i {
			i = p.spans[next].close - 1
			continue
		}
		first := i == p.lo || isSpace(p.text[i-1])
		switch c := p.text[i]; {
		case c == '/' && i+1 < p.hi && (p.text[i+1] == '/' || p.text[i+1] == '*') && first,
			c == '#' && first && p.family != FamilyC && p.family != FamilyMarkup,
			c == '-' && first && i+2 < p.hi && p.text[i+1] == '-' && isSpace(p.text[i+2]) && (p.family == FamilySQL || p.family == FamilyOther),
			c == ';' && first && (p.family == FamilyINI || p.family == FamilyOther),
			c == '*' && onlySpace(p.text[p.lo:i]) && p.family.code(),
			c == '<' && i+3 < p.hi && hasPrefix(p.text[i:p.hi], "<!--"):
			return i
		}
	}
	return p.hi
}

func onlySpace(s []byte) bool {
	for _, c := range s {
		if !isSpace(c) {
			return false
		}
	}
	return true
}

// inSpan returns the innermost literal that i stands in, or nil.
func (p *parser) inSpan(i int) *span {
	var in *span
	for k := range p.nspans {
		s := &p.spans[k]
		if s.open > i {
			break
		}
		if s.start <= i && i < s.end {
			in = s
		}
	}
	return in
}

// quoted makes a candidate of a string literal.
func (p *parser) quoted(s *span) {
	if s.end-s.start < 3 || s.end-s.start > MaxValue {
		return
	}
	if v := p.text[s.start:s.end]; !p.all && (len(v) < LeastLiteral || sentence(v)) {
		return // as the gate would find in the end
	}
	c := Candidate{Start: s.start, End: s.end, Quote: s.quote}
	if s.escaped {
		c.Flags |= FlagEscaped
	}
	p.left(&c, s.open)
	if c.NameEnd == c.NameStart && c.FuncEnd > c.FuncStart && c.Form == FormAssign {
		c.Form, c.Op = FormCall, OpCall
	}
	if c.NameEnd == c.NameStart && c.FuncEnd == c.FuncStart && !uuidAt(p.text[s.start:s.end]) {
		return
	}
	p.add(c)
}

// operators makes candidates of unquoted values behind an operator.
func (p *parser) operators() {
	for i := p.lo; i < p.hi; i++ {
		c := p.text[i]
		if c != '=' && c != ':' {
			if c == '%' && hasPrefixFold(p.text[i:p.hi], "%3d") {
				p.unquoted(i, i, i+3, OpAssign)
			}
			continue
		}
		left, right, op := i, i+1, OpAssign
		if c == ':' {
			op = OpColon
			if right < p.hi && (p.text[right] == ':' || p.text[right] == '/') {
				i++
				continue
			}
			if right < p.hi && p.text[right] == '=' {
				right, op = right+1, OpDeclare
			}
		} else {
			if right < p.hi && (p.text[right] == '=' || p.text[right] == '~') {
				i++
				continue // comparisons take no bare literal
			}
			if right < p.hi && p.text[right] == '>' {
				right, op = right+1, OpArrow
			}
			for left > p.lo && (p.text[left-1] == '+' || p.text[left-1] == '?' || p.text[left-1] == '|' || p.text[left-1] == ':') {
				left--
			}
			if left > p.lo && (p.text[left-1] == '!' || p.text[left-1] == '<' || p.text[left-1] == '>') {
				continue
			}
		}
		p.unquoted(i, left, right, op)
		i = right - 1
	}
}

// unquoted makes a candidate of the bare value behind the operator left..right.
func (p *parser) unquoted(at, left, right int, op Op) {
	v := right
	for v < p.hi && isSpace(p.text[v]) {
		v++
	}
	v = p.skipTag(v)
	if v < p.hi && p.text[v] == '&' && (hasPrefix(p.text[v:p.hi], "&quot;") || hasPrefix(p.text[v:p.hi], "&#3")) {
		return
	}
	if v >= p.hi || isQuote(p.text[v]) || p.text[v] == '\\' && v+1 < p.hi && isQuote(p.text[v+1]) {
		return
	}
	if v == right && op == OpColon && p.family.code() && !isDigit(p.text[v]) && p.inSpan(at) == nil && at < p.comment {
		return // a symbol, a scope or a slice
	}
	c := Candidate{Op: op}
	if p.looked > maxLooked || !p.operand(&c, left) {
		return
	}
	if !p.all && !p.mayName(&c) {
		return
	}
	in := p.inSpan(at)
	if in != nil {
		c.Flags |= FlagInString
	}
	c.Start = v
	if n := p.byteArray(v); n > 0 {
		c.Start, c.End, c.Form = n, p.bytesEnd(n), FormBytes
		p.nameByValue(&c)
		p.add(c)
		return
	}
	if c.NameStart > p.lo && (p.text[c.NameStart-1] == '?' || p.text[c.NameStart-1] == '&') || hasPrefixFold(p.text[at:p.hi], "%3d") {
		c.Form, c.Flags = FormQuery, c.Flags|FlagInURL
	} else if c.NameStart > p.lo && p.text[c.NameStart] == '-' {
		c.Form = FormFlag
	}
	c.End = p.bareEnd(v, in, &c)
	p.looked += c.End - c.Start
	p.nameByValue(&c)
	p.add(c)
}

// mayName reports whether the name of a bare value can be that of a credential,
// or can be replaced by that of a neighbour; see byName and nameByValue.
func (p *parser) mayName(c *Candidate) bool {
	name := p.text[c.NameStart:c.NameEnd]
	info := readName(name)
	return info.all&(meansCredential0|meansValue) != 0 || len(name) == 2 && name[0] == '-' || equalFold(lastPart(name), "content") || secureString(name)
}

// skipTag skips a YAML tag or anchor before a value.
func (p *parser) skipTag(v int) int {
	if v+1 < p.hi && (p.text[v] == '!' || p.text[v] == '&') && p.family == FamilyYAML && (isLetter(p.text[v+1]) || p.text[v+1] == '!') {
		for v < p.hi && !isSpace(p.text[v]) {
			v++
		}
		for v < p.hi && isSpace(p.text[v]) {
			v++
		}
	}
	return v
}

// bareEnd returns the end of the unquoted value at v.
func (p *parser) bareEnd(v int, in *span, c *Candidate) int {
	limit := min(p.hi, v+MaxValue)
	if in != nil {
		limit = min(limit, in.end)
	}
	if in == nil && p.family.bareToLineEnd() && !p.assignsMore(v) && c.Form != FormQuery && v < p.comment && !p.within(p.lo, v, '{') && !p.commandLine(v) {
		end := min(limit, p.comment)
		for i := v; i < end; i++ {
			if p.text[i] == ' ' && i+1 < end && p.text[i+1] == '#' {
				end = i
			}
		}
		return trimRight(p.text, v, end)
	}
	i := v
	for ; i < limit; i++ {
		ch := p.text[i]
		if isSpace(ch) || isQuote(ch) || ch == '<' || ch == '>' && i > v || ch == ',' || ch == ';' {
			break
		}
		if ch == '&' && (c.Form == FormQuery || p.within(p.lo, v, '?') || in != nil) {
			break
		}
		if ch == '#' && c.Form == FormQuery {
			break
		}
		if (ch == ')' || ch == ']' || ch == '}') && !p.within(v, i, open(ch)) {
			break
		}
		if ch == '\\' && i+1 < limit && (isQuote(p.text[i+1]) || p.text[i+1] == 'n' || p.text[i+1] == 'r') {
			break
		}
	}
	if i > v && p.text[i-1] == '\\' {
		i--
	}
	return i
}

// commandLine reports whether the value at v stands among flags, so that a
// space ends it although the file is made of whole-line values.
func (p *parser) commandLine(v int) bool {
	for i := v; i+2 < p.hi; i++ {
		if p.text[i] == ' ' && (p.text[i+1] == '-' && p.text[i+2] != ' ' || p.text[i+1] == '\\') {
			return true
		}
	}
	for i := p.lo; i+2 < v; i++ {
		if p.text[i] == ' ' && p.text[i+1] == '-' && isLetter(p.text[i+2]) || p.text[i] == '-' && p.text[i+1] == '-' {
			return true
		}
	}
	return false
}

// assignsMore reports whether another name=value follows the value at v on its line.
func (p *parser) assignsMore(v int) bool {
	for i := v; i+1 < p.hi; i++ {
		if p.text[i] != ' ' {
			continue
		}
		k := i + 1
		for k < p.hi && isWord(p.text[k]) {
			k++
		}
		if k > i+1 && k < p.hi && p.text[k] == '=' {
			return true
		}
	}
	return false
}

func (p *parser) within(from, to int, c byte) bool {
	for i := from; i < to; i++ {
		if p.text[i] == c {
			return true
		}
	}
	return false
}

func open(c byte) byte {
	switch c {
	case ')':
		return '('
	case ']':
		return '['
	}
	return '{'
}

func trimRight(text []byte, from, to int) int {
	for to > from && isSpace(text[to-1]) {
		to--
	}
	return to
}

// byteArray returns where the numbers of a byte array that begins at v stand, or 0.
func (p *parser) byteArray(v int) int {
	i := v
	for i < p.hi && i-v < 24 && p.text[i] != '{' && p.text[i] != '[' {
		if !isAlnum(p.text[i]) && !isSpace(p.text[i]) && p.text[i] != '(' {
			return 0
		}
		i++
	}
	for i < p.hi && i-v < 32 && (p.text[i] == '{' || p.text[i] == '[' || p.text[i] == ']' || p.text[i] == ' ' || p.text[i] == '(' || isLetter(p.text[i])) {
		i++
	}
	if i >= p.hi || !isDigit(p.text[i]) || !byteType(p.text[v:i]) {
		return 0
	}
	commas := 0
	for j := i; j < p.hi && (isAlnum(p.text[j]) || p.text[j] == ',' || p.text[j] == ' '); j++ {
		if p.text[j] == ',' {
			commas++
		}
	}
	if commas < 7 {
		return 0
	}
	return i
}

// byteType reports whether what stands before the numbers of an array says
// that they are bytes, or says nothing.
func byteType(s []byte) bool {
	silent := true
	for _, c := range s {
		silent = silent && !isLetter(c)
	}
	for _, name := range [...]string{"byte", "uint8", "u8", "char", "key"} {
		silent = silent || indexFold(s, name) >= 0
	}
	return silent
}

func (p *parser) bytesEnd(v int) int {
	i := v
	for i < p.hi && (isAlnum(p.text[i]) || p.text[i] == ',' || isSpace(p.text[i])) {
		i++
	}
	return trimRight(p.text, v, i)
}
