package judge

// maxLeft bounds how far before a value its name is looked for.
const maxLeft = 200

// left finds what the value that opens at open is given to: it walks from the
// value over operators, calls and list elements to the name.
func (p *parser) left(c *Candidate, open int) {
	i := p.skipPrefix(open)
	floor := max(p.floor(), open-maxLeft)
	comma := false // the step before was over an element: its operator is not this value's
	for range 10 {
		j := p.skipLeft(i, floor, c)
		if j <= floor {
			return
		}
		after := comma
		comma = false
		switch ch := p.text[j-1]; {
		case ch == '(':
			i = p.call(c, j-1)
		case ch == '[' || ch == '{':
			c.Flags |= FlagList
			i = j - 1
			if k := trimRight(p.text, p.lo, i); k > p.lo && (isWord(p.text[k-1]) || p.text[k-1] == ']') && ch == '{' {
				i = p.skipType(k) // a composite literal: []string{"…"}
			}
		case ch == ',':
			if p.element(c, j-1, floor) {
				return
			}
			i = p.skipElement(j-1, floor)
			c.Arg = min(c.Arg+1, 9)
			c.Flags |= FlagList
			comma = true
		case ch == '+' || ch == '.' && c.Quote != 0 && j > floor+1 && isSpace(p.text[j-2]):
			if j > floor+1 && p.text[j-2] == '+' || j < len(p.text) && p.text[j] == '=' {
				return
			}
			c.Flags |= FlagConcat
			i = p.skipElement(j-1, floor)
		case ch == '=' || ch == ':' || ch == '>' || ch == '-' || ch == '~' || ch == '|' || ch == '?':
			if after {
				return
			}
			done, next := p.operator(c, j, floor)
			if done {
				return
			}
			i = next
		case ch == '&' || ch == '*' || ch == '$' || ch == '@' || ch == '!' || ch == '#':
			i = j - 1
		case isWord(ch) || ch == ')' || ch == ']' || isQuote(ch):
			if after {
				return
			}
			done, next := p.word(c, j, floor)
			if done {
				return
			}
			i = next
		default:
			return
		}
	}
}

// skipPrefix steps over the prefix of a literal: r"", b”, @"", $"".
func (p *parser) skipPrefix(open int) int {
	i := open
	if i > p.lo && p.text[i-1] == '\\' {
		i--
	}
	for i > p.lo && (p.text[i-1] == '@' || p.text[i-1] == '$') {
		i--
	}
	j := i
	for j > p.lo && isLetter(p.text[j-1]) && i-j < 3 {
		j--
	}
	if j < i && isLiteralPrefix(p.text[j:i]) && (j == p.lo || !isName(p.text[j-1])) {
		return j
	}
	return i
}

// skipLeft skips space before i and, where the line so far holds nothing but
// the bullet of a list, the end of the line before if that is left open.
func (p *parser) skipLeft(i, floor int, c *Candidate) int {
	for i > floor {
		if isSpace(p.text[i-1]) {
			i--
			continue
		}
		if p.text[i-1] == '-' && i > floor+1 && p.bullet(i-1) {
			i--
			continue
		}
		if p.text[i-1] != '\n' {
			return i
		}
		k := i - 1
		for k > floor && (isSpace(p.text[k-1]) || p.text[k-1] == '\\') {
			k--
		}
		if k <= floor {
			return floor
		}
		switch p.text[k-1] {
		case '=', '(', ',', '+', '[', '{', '|', '?':
		case ':', '>':
		case '-':
			if k < floor+2 || p.text[k-2] != '|' && p.text[k-2] != '>' {
				return floor
			}
			k-- // a YAML block scalar
		default:
			return floor
		}
		if (p.text[k-1] == '|' || p.text[k-1] == '>') && p.family == FamilyYAML {
			k-- // the marker of a block scalar
		}
		c.Flags |= FlagNextLine
		i = k
	}
	return i
}

// bullet reports whether the dash at i is the first thing of its line.
func (p *parser) bullet(i int) bool {
	for floor := p.floor(); i > floor && p.text[i-1] != '\n'; {
		if !isSpace(p.text[i-1]) {
			return false
		}
		i--
	}
	return true
}

// call notes the function whose parenthesis stands at i and returns where the
// walk goes on: before the whole call.
func (p *parser) call(c *Candidate, i int) int {
	e := trimRight(p.text, p.lo, i)
	s := e
	for floor := p.floor(); s > floor && (isName(p.text[s-1]) || p.text[s-1] == ':' && s > 1 && p.text[s-2] == ':' || p.text[s-1] == '>' && s > 1 && p.text[s-2] == '-'); {
		if p.text[s-1] == ':' || p.text[s-1] == '>' {
			s--
		}
		s--
	}
	if s == e {
		if s > p.lo && p.text[s-1] == ']' { // a conversion: []byte("…")
			return p.skipType(s)
		}
		return i
	}
	if c.FuncEnd == c.FuncStart {
		c.FuncStart, c.FuncEnd = s, e
	} else if !isLookup(p.text[c.FuncStart:c.FuncEnd]) {
		inner := readName(lastPart(p.text[c.FuncStart:c.FuncEnd]))
		outer := readName(lastPart(p.text[s:e]))
		if outer.credential() && !inner.credential() {
			c.FuncStart, c.FuncEnd = s, e
		}
	}
	c.Flags |= FlagWrapped
	if isLookup(lastPart(p.text[c.FuncStart:c.FuncEnd])) {
		c.Flags |= FlagLookup
	}
	if k := trimRight(p.text, p.lo, s); k-p.lo >= 3 && equalFold(p.text[k-3:k], "new") {
		s = k - 3
	} else if k-p.lo >= 5 && equalFold(p.text[k-5:k], "await") {
		s = k - 5
	}
	for s > p.lo && p.text[s-1] == ']' {
		s = p.skipType(s)
	}
	return s
}

// skipType steps back over a type that ends at e: []byte, map[string]string, Option<String>.
func (p *parser) skipType(e int) int {
	i := e
	for i > p.lo && e-i < 60 && (isName(p.text[i-1]) || p.text[i-1] == '[' || p.text[i-1] == ']' || p.text[i-1] == '*' || p.text[i-1] == '<') {
		i--
	}
	return i
}

// lastPart returns what follows the last dot of a dotted name.
func lastPart(name []byte) []byte {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '.' || name[i] == ':' || name[i] == '>' {
			return name[i+1:]
		}
	}
	return name
}

// isLookup reports whether a function of this name fetches the value it is told the name of.
func isLookup(fn []byte) bool {
	var buf [24]byte
	n := 0
	for i := 0; i < len(fn) && n < len(buf); i++ {
		if fn[i] != '_' {
			buf[n] = lower(fn[i])
			n++
		}
	}
	for _, verb := range [...]string{"get", "find", "fetch", "load", "read", "lookup", "search", "query"} {
		if n > len(verb) && hasPrefix(buf[:n], verb) {
			return true
		}
	}
	switch string(buf[:n]) {
	case "getenv", "env", "lookupenv", "get", "fetch", "lookup", "getstring", "config", "getproperty", "t", "gettext", "ngettext", "param", "params", "secret",
		"getsecret", "var", "property", "value", "require", "import", "include", "getparameter", "getattribute", "gethiera", "hiera", "getvalue", "envvar",
		"getelementbyid", "queryselector", "find", "locator", "translate", "trans", "printf", "sprintf", "println", "print", "log", "errorf", "fatalf", "error", "puts", "echo", "format",
		"info", "warn", "debug", "fatal", "logf", "panic", "raise", "throw", "exception", "getoption", "option", "argument", "addargument", "flag", "stringvar", "describe", "it", "test", "column", "haskey", "has", "contains", "containskey", "getconfig", "readfile", "open", "join", "getenvironmentvariable", "environ", "dig", "input", "prompt", "getpass", "label", "localize", "localizedstring", "nslocalizedstring":
		return true
	}
	return false
}

// element takes the literal before the comma at i as the name: f("name", "value").
func (p *parser) element(c *Candidate, i, floor int) bool {
	e := trimRight(p.text, floor, i)
	for e > floor && p.text[e-1] == '\n' {
		e = trimRight(p.text, floor, e-1)
	}
	if e <= floor || !isQuote(p.text[e-1]) {
		return false
	}
	s := p.openingQuote(e-1, floor)
	if s < 0 || e-1-s-1 < 2 || e-1-s-1 > 64 {
		return false
	}
	name := p.text[s+1 : e-1]
	info := readName(name)
	if !info.credential() || !nameLike(name) {
		return false
	}
	c.NameStart, c.NameEnd = s+1, e-1
	if c.Form != FormRun && c.Form != FormUUID {
		c.Form = FormPair
	}
	c.Op = OpComma
	k := trimRight(p.text, floor, s)
	for k > floor && p.text[k-1] == '\n' {
		k = trimRight(p.text, floor, k-1)
	}
	if k > floor && p.text[k-1] == ',' && p.text[s+1] != '-' {
		c.Flags |= FlagList // one of many, not a pair
	}
	if k := trimRight(p.text, floor, s); k > floor && p.text[k-1] == '(' && c.FuncEnd == c.FuncStart {
		flags := c.Flags & FlagLookup
		p.call(c, k-1)
		c.Flags = c.Flags&^(FlagWrapped|FlagLookup) | flags
		if isLookup(lastPart(p.text[c.FuncStart:c.FuncEnd])) {
			c.Flags |= FlagFallback // getenv("NAME", "value")
		}
	}
	return true
}

// nameLike reports whether s is written as a name or a flag, not as a sentence.
func nameLike(s []byte) bool {
	for _, c := range s {
		if !isName(c) && c != '[' && c != ']' && c != '/' && c != ':' {
			return false
		}
	}
	return true
}

// openingQuote returns the place of the quote that opens the literal closed at i, or -1.
func (p *parser) openingQuote(i, floor int) int {
	q := p.text[i]
	for k := i - 1; k >= floor && p.text[k] != '\n' && i-k < 120; k-- {
		if p.text[k] == q {
			return k
		}
	}
	return -1
}

// skipElement steps back over the list element or operand before i.
func (p *parser) skipElement(i, floor int) int {
	e := trimRight(p.text, floor, i)
	if e > floor && isQuote(p.text[e-1]) {
		if s := p.openingQuote(e-1, floor); s >= 0 {
			return s
		}
		return e - 1
	}
	depth := 0
	for e > floor {
		switch ch := p.text[e-1]; {
		case ch == ')' || ch == ']' || ch == '}':
			depth++
		case ch == '(' || ch == '[' || ch == '{':
			if depth == 0 {
				return e
			}
			depth--
		case depth == 0 && (isSpace(ch) || ch == ',' || ch == '=' || ch == '\n' || ch == ';' || ch == '+'):
			return e
		}
		e--
	}
	return e
}

// operator reads the operator that ends at j and the operand left of it. It
// reports whether the walk is over and, if not, where it goes on.
func (p *parser) operator(c *Candidate, j, floor int) (done bool, next int) {
	s := j
	for s > floor && j-s < 3 && isOperator(p.text[s-1]) {
		s--
	}
	op := OpAssign
	switch string(p.text[s:j]) {
	case "=", "+=", "?=", "||=", ".=", "|=", "??=":
	case ":=", "::=":
		op = OpDeclare
	case ":", "?:", "!:":
		op = OpColon
	case "=>", "->", "<-", ":>":
		op = OpArrow
	case "==", "===", "!=", "!==", "=~", "<>", "~=":
		op = OpCompare
	case ">", "\">", "'>":
		return p.tag(c, j, floor), j
	case "|":
		op = OpSpace // a cell of a table
	case "||", "??", "|:":
		c.Flags |= FlagFallback
		return false, p.skipElement(s, floor)
	case "?":
		c.Flags |= FlagFallback
		return true, j
	default:
		if p.text[j-1] != '=' && p.text[j-1] != ':' {
			return true, j
		}
		s = j - 1
		if p.text[j-1] == ':' {
			op = OpColon
		}
	}
	c.Op = op
	if p.operand(c, s) {
		p.nameByValue(c)
		return true, s
	}
	return true, s
}

func isOperator(c byte) bool {
	switch c {
	case '=', ':', '>', '<', '-', '~', '|', '?', '!', '+', '.':
		return true
	}
	return false
}

// tag names a value by the markup element it is the text of.
func (p *parser) tag(c *Candidate, j, floor int) bool {
	i := j - 1
	for i > floor && p.text[i-1] != '<' && p.text[i-1] != '\n' {
		i--
	}
	if i <= floor || p.text[i-1] != '<' {
		return true
	}
	e := i
	for e < j && (isName(p.text[e]) || p.text[e] == ':') {
		e++
	}
	c.Op = OpTag
	c.NameStart, c.NameEnd = i, e
	if k := p.attribute(i, j); k > 0 {
		c.NameStart, c.NameEnd = k, p.wordEnd(k, j)
	}
	return true
}

// attribute returns where the value of a name= or key= attribute between from and to begins, or 0.
func (p *parser) attribute(from, to int) int {
	for i := from; i+6 < to; i++ {
		if !isSpace(p.text[i]) {
			continue
		}
		for _, a := range [...]string{"name=", "key=", "id="} {
			if k := i + 1 + len(a); k+1 < to && hasPrefixFold(p.text[i+1:to], a) && isQuote(p.text[k]) {
				return k + 1
			}
		}
	}
	return 0
}

func (p *parser) wordEnd(i, to int) int {
	for i < to && isName(p.text[i]) {
		i++
	}
	return i
}

// word handles a word that stands before the value with nothing but space
// between them. It reports whether the walk is over and, if not, where it goes on.
func (p *parser) word(c *Candidate, j, floor int) (done bool, next int) {
	if ch := p.text[j-1]; ch == ')' || ch == ']' || isQuote(ch) {
		if isQuote(ch) && !p.family.code() { // "name" "value"
			if s := p.openingQuote(j-1, floor); s >= 0 {
				if info := readName(p.text[s+1 : j-1]); info.credential() && nameLike(p.text[s+1:j-1]) {
					c.NameStart, c.NameEnd, c.Op, c.Form = s+1, j-1, OpSpace, FormKeyword
				}
			}
		}
		return true, j
	}
	s := p.nameStart(j, floor)
	w := p.text[s:j]
	var buf [12]byte
	switch string(lowerInto(buf[:0], string(w[:min(len(w), 12)]))) {
	case "or", "else":
		c.Flags |= FlagFallback
		return false, p.skipElement(s, floor)
	case "is", "are", "was", "to", "as", "with":
		c.Op = OpSpace
		c.Form = FormKeyword
		return !p.operand(c, s), s - 1
	case "by":
		c.Op, c.Form = OpSpace, FormSQL
		c.NameStart, c.NameEnd = s, j
		if k := trimRight(p.text, floor, s); k > floor {
			c.NameStart = p.nameStart(k, floor)
		}
		return true, s
	case "return", "in", "case", "when", "and", "not", "then", "await", "new", "if", "from", "const", "yield", "echo", "puts", "print", "await ", "raise", "throw":
		return true, s
	}
	if s == j {
		return true, j
	}
	c.NameStart, c.NameEnd, c.Op = s, j, OpSpace
	switch {
	case p.text[s] == '-':
		c.Form = FormFlag
	case p.family == FamilySQL:
		c.Form = FormSQL
	default:
		c.Form = FormKeyword
	}
	return true, s
}
