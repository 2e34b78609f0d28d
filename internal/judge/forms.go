package judge

// urls makes candidates of the password of a URL's user info, or of its user
// name where it stands alone and is long enough to be a token.
func (p *parser) urls() {
	for i := p.lo; i+3 < p.hi; i++ {
		if p.text[i] != ':' || p.text[i+1] != '/' || p.text[i+2] != '/' || i == p.lo || !isAlnum(p.text[i-1]) {
			continue
		}
		start := i + 3
		at, slash := -1, false
		end := start
		for ; end < p.hi && end-start < 512; end++ {
			ch := p.text[end]
			if isSpace(ch) || isQuote(ch) || ch == '<' || ch == '>' || ch == '\\' || ch == '|' {
				break
			}
			if ch == '/' || ch == '?' || ch == ',' {
				slash = true
				if at >= 0 {
					break
				}
			}
			if ch == '@' && !slash {
				at = end
			}
		}
		if at < 0 {
			continue
		}
		c := Candidate{Form: FormUserInfo, Op: OpColon, Start: start, End: at, Flags: FlagInURL}
		for k := start; k < at; k++ {
			if p.text[k] == ':' {
				c.NameStart, c.NameEnd = start, k
				c.Start = k + 1
				if k == start { // no user name: the scheme stands for it
					for c.NameStart = i; c.NameStart > p.lo && isName(p.text[c.NameStart-1]); {
						c.NameStart--
					}
					c.NameEnd = i
				}
				break
			}
		}
		p.add(c)
		i = at
	}
}

// headers makes candidates of what an authentication scheme carries.
func (p *parser) headers() {
	for i := p.lo; i+12 < p.hi; i++ {
		if traitsOfBytes[p.text[i]]&ofScheme == 0 || i > p.lo && isWord(p.text[i-1]) {
			continue
		}
		n := schemeAt(p.text[i:p.hi])
		if n == 0 {
			continue
		}
		v := i + n
		for v < p.hi && v-i-n < 3 && (isSpace(p.text[v]) || p.text[v] == '%' || p.text[v] == '+' || p.text[v] == ':') {
			v++
		}
		if v == i+n {
			continue
		}
		e := v
		for e < p.hi && (isRunByte(p.text[e]) || p.text[e] == '.' || p.text[e] == '~' || p.text[e] == ':') {
			e++
		}
		if e-v < 8 {
			continue
		}
		p.add(Candidate{Form: FormHeader, Op: OpSpace, Start: v, End: e, NameStart: i, NameEnd: i + n})
		i = e - 1
	}
}

// spaced makes candidates of bare values that only white space separates from
// their name: flags, and keywords of files that are written so.
func (p *parser) spaced() {
	for i := p.lo; i < p.hi; i++ {
		if !isName(p.text[i]) || i > p.lo && (isName(p.text[i-1]) || p.text[i-1] == '/') {
			continue
		}
		e := i
		for e < p.hi && isName(p.text[e]) {
			e++
		}
		v := e
		for v < p.hi && isSpace(p.text[v]) || v < p.hi && p.text[v] == '|' && p.family == FamilyMarkup && v > e {
			v++
		}
		if p.text[i] == '-' && p.attached(i, e) {
			i = e - 1
			continue
		}
		if v > e && v < p.hi && !isQuote(p.text[v]) && p.text[v] != '=' && p.text[v] != ':' {
			p.spacedValue(i, e, v)
		}
		i = e - 1
	}
}

func (p *parser) spacedValue(s, e, v int) {
	c := Candidate{Op: OpSpace, NameStart: s, NameEnd: e, Start: v, Form: FormKeyword}
	if p.text[s] == '-' {
		c.Form = FormFlag
		if e-s == 2 && !p.command(p.text[s+1], s) {
			return
		}
	} else {
		if p.family.code() && s < p.comment && p.inSpan(s) == nil {
			return
		}
		if !p.all && p.plainWord(s, e, v) {
			return
		}
		if equalFold(p.text[s:e], "by") && p.identifiedBy(s) {
			c.Form = FormSQL
			c.NameStart = trimRight(p.text, p.lo, s) - len("identified")
			c.End = p.bareEnd(v, p.inSpan(v), &c)
			p.add(c)
			return
		}
		name := readName(p.text[s:e])
		if name.last&(meansPassword|meansSecret|meansToken|meansKey|meansAuth) == 0 {
			return
		}
		for v+3 < p.hi && (hasPrefixFold(p.text[v:p.hi], "is ")) {
			v += 3
			c.Start = v
		}
	}
	if c.Start >= p.hi || isQuote(p.text[c.Start]) {
		return
	}
	c.End = p.bareEnd(c.Start, p.inSpan(c.Start), &c)
	if e-s == 2 && p.text[s] == '-' && p.text[s+1] == 'u' {
		for k := c.Start; k < c.End; k++ {
			if p.text[k] == ':' {
				c.Start = k + 1
				break
			}
		}
		if p.text[c.Start-1] != ':' {
			return
		}
	}
	p.add(c)
}

// plainWord reports whether a word made of letters stands at v that the gate
// takes for prose whatever the word s to e before it.
func (p *parser) plainWord(s, e, v int) bool {
	if p.family.bareToLineEnd() || equalFold(p.text[s:e], "by") || hasPrefixFold(p.text[v:p.hi], "is ") {
		return false
	}
	e = v
	for e < p.hi && (isLetter(p.text[e]) || p.text[e] == '.' || p.text[e] == '-') {
		e++
	}
	if e == p.hi {
		return p.family == FamilyMarkup || p.family == FamilyText || p.family.code()
	}
	return isSpace(p.text[e]) || p.text[e] == ',' || p.text[e] == ';'
}

// identifiedBy reports whether the BY at s belongs to SQL's IDENTIFIED BY.
func (p *parser) identifiedBy(s int) bool {
	e := trimRight(p.text, p.lo, s)
	return e-p.lo >= 10 && equalFold(p.text[e-10:e], "identified")
}

// attached makes a candidate of a password glued to its flag: mysql -pvalue.
func (p *parser) attached(s, e int) bool {
	if e-s < 5 || p.text[s+1] != 'p' && p.text[s+1] != 'P' || !p.command('p', s) {
		return false
	}
	for k := s + 2; k < e; k++ {
		if p.text[k] == '-' {
			return false
		}
	}
	c := Candidate{Form: FormFlag, Op: OpNone, NameStart: s, NameEnd: s + 2, Start: s + 2}
	c.End = p.bareEnd(c.Start, p.inSpan(c.Start), &c)
	p.add(c)
	return true
}

// command reports whether a program for which the one-letter flag takes a
// password stands on the line before at.
func (p *parser) command(flag byte, at int) bool {
	line := p.text[max(p.lo, at-160):at]
	var programs []string
	switch flag {
	case 'p', 'P':
		programs = flagP[:]
	case 'u':
		programs = flagU[:]
	case 'w', 'a':
		programs = flagW[:]
	}
	for _, name := range programs {
		if indexFold(line, name) >= 0 {
			return true
		}
	}
	return false
}

var (
	flagP = [...]string{"mysql", "docker login", "podman login", "sshpass", "mongo", "sqlcmd", "isql", "ftp", "login", "kinit", "smbclient", "net use"}
	flagU = [...]string{"curl", "wget", "http "}
	flagW = [...]string{"ldap", "redis-cli", "bind"}
)

// schemeAt returns the length of the authentication scheme that s begins with, or 0.
func schemeAt(s []byte) int {
	switch s[0] | 0x20 {
	case 'b':
		if hasPrefixFold(s, "bearer") {
			return 6
		}
		if hasPrefixFold(s, "basic") {
			return 5
		}
	case 't':
		if hasPrefixFold(s, "token ") {
			return 5
		}
	case 'a':
		if hasPrefixFold(s, "apikey ") {
			return 6
		}
	case 'd':
		if hasPrefixFold(s, "digest ") {
			return 6
		}
	}
	return 0
}

func isRunByte(c byte) bool {
	return isAlnum(c) || c == '+' || c == '/' || c == '=' || c == '_' || c == '-'
}

// runs makes candidates of UUIDs and of runs that look random, whatever their name.
func (p *parser) runs() {
	for i := p.lo; i < p.hi; i++ {
		if !isAlnum(p.text[i]) && p.text[i] != '/' && p.text[i] != '+' && p.text[i] != '_' && p.text[i] != '-' {
			continue
		}
		e := i
		for e < p.hi && isRunByte(p.text[e]) && (p.text[e] != '=' || e+1 >= p.hi || !isAlnum(p.text[e+1])) {
			e++
		}
		if e-i >= 17 && hasPrefix(p.text[i:e], "eyJ") {
			for e < p.hi && (isRunByte(p.text[e]) || p.text[e] == '.' && e+1 < p.hi && isRunByte(p.text[e+1])) {
				e++
			}
		}
		if e-i >= RunLength {
			p.run(i, e)
		}
		i = max(i, e)
	}
}

func (p *parser) run(s, e int) {
	c := Candidate{Form: FormRun, Start: s, End: e}
	for k := s; k+36 <= e; k++ {
		if uuidAt(p.text[k : k+36]) {
			c.Form, c.Start, c.End = FormUUID, k, k+36
			break
		}
	}
	for c.Start < c.End && (p.text[c.Start] == '/' || p.text[c.Start] == '-' || p.text[c.Start] == '=') {
		c.Start++
	}
	if c.Form == FormRun {
		c.Start, c.End = p.randomPart(c.Start, c.End)
	}
	if !p.all && c.Form == FormRun && !random(p.text[c.Start:c.End]) {
		return // as the gate would find in the end
	}
	open := c.Start
	if open > p.lo && isQuote(p.text[open-1]) {
		c.Quote = p.text[open-1]
		open--
	}
	form := c.Form
	p.left(&c, open)
	c.Form = form
	if p.inURL(c.Start) {
		c.Flags |= FlagInURL
	}
	if c.NameEnd == c.NameStart && p.inTable(&c) {
		if p.all {
			c.Reject = RejectBlock
			p.add(c)
		}
		return
	}
	p.add(c)
}

// inTable reports whether the lines before and after hold, at the same place,
// a run as long as c: one row of a table of data.
func (p *parser) inTable(c *Candidate) bool {
	column, n := c.Start-p.lo, c.End-c.Start
	before, floor, ceil := p.lo-1, p.floor(), p.ceil()
	for before > floor && p.text[before-1] != '\n' {
		before--
	}
	return before >= floor && p.runAt(before+column, n, floor, ceil) && p.runAt(min(p.hi+1, ceil)+column, n, floor, ceil)
}

// runAt reports whether a run of exactly n bytes begins at i.
func (p *parser) runAt(i, n, floor, ceil int) bool {
	if i <= floor || i+n > ceil || isRunByte(p.text[i-1]) || i+n < ceil && isRunByte(p.text[i+n]) {
		return false
	}
	for k := i; k < i+n; k++ {
		if !isRunByte(p.text[k]) {
			return false
		}
	}
	return true
}

// inURL reports whether at stands in a URL that begins on its line.
func (p *parser) inURL(at int) bool {
	for i := at; i > p.lo && at-i < 300; i-- {
		c := p.text[i-1]
		if isSpace(c) || isQuote(c) || c == '<' || c == '>' || c == '(' || c == ',' {
			return false
		}
		if c == '/' && i-3 >= p.lo && p.text[i-2] == '/' && p.text[i-3] == ':' {
			return true
		}
	}
	return false
}

// randomPart narrows a run that is a path or a joined name to its longest part
// between slashes that is not, since the rest would hide it.
func (p *parser) randomPart(s, e int) (int, int) {
	slashes := 0
	for i := s; i < e; i++ {
		if p.text[i] == '/' {
			slashes++
		}
	}
	if slashes == 0 || e-s >= 40 && slashes <= (e-s)/20 && !p.pathBefore(s) {
		return s, e
	}
	bestS, bestE := s, s
	for i := s; i < e; {
		k := i
		for k < e && p.text[k] != '/' {
			k++
		}
		if k-i > bestE-bestS && mixed(p.text[i:k]) {
			bestS, bestE = i, k
		}
		i = k + 1
	}
	if bestE-bestS < RunLength {
		return s, e
	}
	return bestS, bestE
}

func (p *parser) pathBefore(s int) bool {
	return s > p.lo && (p.text[s-1] == '/' || p.text[s-1] == '.' || p.text[s-1] == '~')
}

// mixed reports whether s has both letters and digits.
func mixed(s []byte) bool {
	var letter, digit bool
	for _, c := range s {
		letter = letter || isLetter(c)
		digit = digit || isDigit(c)
	}
	return letter && digit
}

// uuidAt reports whether s is a UUID in its usual form.
func uuidAt(s []byte) bool {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return false
	}
	for i, c := range s {
		if !isHex(c) && (i != 8 && i != 13 && i != 18 && i != 23) {
			return false
		}
	}
	return true
}

// nameByValue replaces a name that says nothing ("value", "default") by the one
// that a neighbouring entry gives: name: X / value: Y.
func (p *parser) nameByValue(c *Candidate) {
	name := readName(lastPart(p.text[c.NameStart:c.NameEnd]))
	if name.credential() || name.last&meansValue == 0 && !equalFold(p.text[c.NameStart:c.NameEnd], "content") || name.words > 2 {
		return
	}
	if s, e := p.entryName(p.lo, p.hi); e > s && s != c.Start {
		c.NameStart, c.NameEnd, c.Form = s, e, FormSplit
		return
	}
	lo, floor := p.lo, p.floor()
	for range 3 {
		if lo <= floor {
			break
		}
		hi := lo - 1
		lo = hi
		for lo > floor && p.text[lo-1] != '\n' {
			lo--
		}
		if s, e := p.entryName(lo, hi); e > s {
			c.NameStart, c.NameEnd, c.Form, c.Flags = s, e, FormSplit, c.Flags|FlagNextLine
			return
		}
	}
	hi := p.hi + 1
	if ceil := p.ceil(); hi < ceil {
		e := hi
		for e < ceil && p.text[e] != '\n' {
			e++
		}
		if s, e := p.entryName(hi, e); e > s {
			c.NameStart, c.NameEnd, c.Form, c.Flags = s, e, FormSplit, c.Flags|FlagNextLine
		}
	}
}

// entryKeys are the keys whose value names what another entry holds, as in
// name: X, value: Y.
var entryKeys = [...]string{"name", "key", "id", "property", "field", "param", "label"}

// NamesEntry reports whether text ends in such a key, but for quotes and blanks.
func NamesEntry(text []byte) bool {
	for len(text) > 0 && (isSpace(text[len(text)-1]) || isQuote(text[len(text)-1])) {
		text = text[:len(text)-1]
	}
	for _, word := range entryKeys {
		if n := len(text) - len(word); n >= 0 && equalFold(text[n:], word) {
			return true
		}
	}
	return false
}

// entryName returns the value of a name: or key= entry between lo and hi, if
// it may name a credential.
func (p *parser) entryName(lo, hi int) (int, int) {
	hi = min(hi, lo+512)
	for i := lo; i+4 < hi; i++ {
		if i > lo && isWord(p.text[i-1]) {
			continue
		}
		n := 0
		for _, word := range entryKeys {
			if hasPrefixFold(p.text[i:hi], word) {
				n = len(word)
				break
			}
		}
		if n == 0 || i+n < hi && isWord(p.text[i+n]) {
			continue
		}
		k, ops := i+n, 0
		for k < hi && (isSpace(p.text[k]) || isQuote(p.text[k]) || p.text[k] == '=' || p.text[k] == ':' || p.text[k] == '>' || p.text[k] == '\\') {
			if p.text[k] == '=' || p.text[k] == ':' {
				ops++
			}
			k++
		}
		e := p.wordEnd(k, hi)
		if ops == 0 || e-k < 2 {
			continue
		}
		if info := readName(p.text[k:e]); info.credential() {
			return k, e
		}
	}
	return 0, 0
}
