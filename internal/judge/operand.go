package judge

// operand sets the name of c to the operand that ends at i.
func (p *parser) operand(c *Candidate, i int) bool {
	floor := max(p.floor(), i-maxLeft)
	i = trimRight(p.text, floor, i)
	for i > floor && (p.text[i-1] == '?' || p.text[i-1] == '!') {
		i--
	}
	for range 3 {
		if i <= floor {
			return false
		}
		switch ch := p.text[i-1]; {
		case isQuote(ch):
			e := i - 1
			if e > floor && p.text[e-1] == '\\' {
				e--
			}
			s := e
			for s > floor && p.text[s-1] != ch && p.text[s-1] != '\n' && e-s < 80 {
				s--
			}
			if s == e || s <= floor || p.text[s-1] != ch {
				return false
			}
			c.Flags |= FlagStringKey
			c.NameStart, c.NameEnd = s, e
			return true
		case ch == ';' && i-floor > 6 && (hasPrefix(p.text[i-6:i], "&quot;") || hasPrefix(p.text[i-5:i], "&#3")):
			e := i - 5
			if p.text[e-1] == '&' {
				e--
			}
			s := e
			for s > floor && isName(p.text[s-1]) {
				s--
			}
			c.NameStart, c.NameEnd = s, e
			return s < e
		case ch == ']':
			s := p.matching(i-1, floor)
			if s < 0 {
				return false
			}
			if p.within(s, i, ',') {
				return false // a list, not an index
			}
			if in := trimRight(p.text, floor, i-1); in > s+1 && isQuote(p.text[in-1]) {
				c.Flags |= FlagIndexed
				i = in
				continue
			}
			if in := p.text[s+1 : i-1]; len(in) > 2 && nameLike(in) && !isDigit(in[0]) {
				if info := readName(in); info.credential() {
					c.Flags |= FlagIndexed
					c.NameStart, c.NameEnd = s+1, i-1
					return true
				}
			}
			i = trimRight(p.text, floor, s)
		case ch == ')':
			s := p.matching(i-1, floor)
			if s < 0 {
				return false
			}
			e := trimRight(p.text, floor, s)
			b := p.nameStart(e, floor)
			if info := readName(p.text[b:e]); e > b && info.credential() {
				c.NameStart, c.NameEnd = b, e
				return true
			}
			i = i - 1 // the argument names it: string(pass) == "…"
		case ch == '>':
			s := i - 1
			for s > floor && i-s < 60 && p.text[s] != '<' {
				s--
			}
			i = trimRight(p.text, floor, s)
		case ch == '*' || ch == '}':
			e := i - 1
			if ch == '}' {
				e = p.accessors(i, floor)
			}
			i = trimRight(p.text, floor, e)
		default:
			return p.identifier(c, i, floor)
		}
	}
	return false
}

// accessors returns where the braces that end at e begin if they hold what gets
// and sets a property, as in { get; set; }, or else the place of the last one.
func (p *parser) accessors(e, floor int) int {
	s := e - 1
	for s > floor && p.text[s] != '{' && e-s < 60 {
		s--
	}
	if p.text[s] != '{' || indexFold(p.text[s:e], "get;") < 0 {
		return e - 1
	}
	return s
}

// identifier sets the name of c to the identifier that ends at e, looking
// through a type between it and the operator.
func (p *parser) identifier(c *Candidate, e, floor int) bool {
	s := p.nameStart(e, floor)
	if s == e {
		return false
	}
	if c.Op == OpAssign || c.Op == OpNone {
		k := trimRight(p.text, floor, s)
		for k > floor && (p.text[k-1] == '&' || p.text[k-1] == '*') && k == s {
			k = trimRight(p.text, floor, k-1)
		}
		if k > floor+1 && p.text[k-1] == ':' && p.text[k-2] != ':' && p.text[k-2] != '?' || k > floor+2 && p.text[k-1] == ':' && p.text[k-2] == '?' {
			k = trimRight(p.text, floor, k-1)
			if k > floor && p.text[k-1] == '?' {
				k--
			}
			if b := p.nameStart(k, floor); b < k {
				c.Flags |= FlagTyped
				s, e = b, k
			}
		} else if k < s && k > floor && isWord(p.text[k-1]) && typeWord(p.text[s:e]) {
			if b := p.nameStart(k, floor); b < k && !declarator(p.text[b:k]) {
				c.Flags |= FlagTyped
				s, e = b, k
			}
		}
	}
	for s < e-1 && p.text[s] == '-' && !(p.text[s+1] == '-' || s > p.lo && isSpace(p.text[s-1])) {
		s++
	}
	c.NameStart, c.NameEnd = s, e
	return true
}

func (p *parser) nameStart(e, floor int) int {
	s := e
	for s > floor && e-s < 96 {
		switch ch := p.text[s-1]; {
		case isName(ch):
		case ch == '>' && s > floor+1 && p.text[s-2] == '-':
			s--
		case ch == ':' && s > floor+1 && p.text[s-2] == ':':
			s--
		case (ch == 'D' || ch == 'B') && s > floor+2 && p.text[s-2] == '5':
		default:
			return s
		}
		s--
	}
	return s
}

func typeWord(s []byte) bool {
	switch string(s) {
	case "string", "str", "String", "char", "byte", "text", "varchar", "NSString", "wstring", "interface", "any":
		return true
	}
	return false
}

func declarator(s []byte) bool {
	switch string(s) {
	case "const", "var", "let", "val", "static", "final", "public", "private", "protected", "readonly", "export", "local", "my", "our", "set", "auto":
		return true
	}
	return false
}

// matching returns the bracket that opens the one at i, or -1.
func (p *parser) matching(i, floor int) int {
	depth := 0
	for k := i; k >= floor && p.text[k] != '\n' && i-k < 120; k-- {
		switch p.text[k] {
		case ')', ']':
			depth++
		case '(', '[':
			if depth--; depth == 0 {
				return k
			}
		}
	}
	return -1
}
