package judge

// gate turns away what cannot be a credential, cheaply, before any feature is
// computed. What it lets pass is judged by the model. Names and forms come
// first: they turn away most, while a look through the value costs more.
func gate(text []byte, c *Candidate) Reject {
	r := gateForm(text, c)
	if r != Accepted || c.Form == FormBytes || c.Form == FormUserInfo {
		return r
	}
	v := text[c.Start:c.End]
	if crypted(v) || sealed(v) {
		return RejectHash
	}
	if PlaceholderReason(v) != "" || encodedPlaceholder(v) {
		return RejectPlaceholder
	}
	return Accepted
}

func gateForm(text []byte, c *Candidate) Reject {
	v := text[c.Start:c.End]
	switch {
	case len(v) < LeastLiteral || v[0] == '\\' && units(v) < LeastLiteral:
		return RejectShort
	case len(v) > MaxValue:
		return RejectLong
	case c.Form == FormBytes:
		if counting(v) {
			return RejectPlaceholder
		}
		return byName(text, c)
	case c.Form == FormUserInfo:
		return gateUserInfo(v, c)
	}
	if literal(v) {
		return RejectLiteral
	}
	if filler(v) {
		return RejectFiller
	}
	if lookup(v) {
		return RejectLookup
	}
	switch c.Form {
	case FormUUID:
		return gateUUID(text, c)
	case FormRun:
		return gateRun(text, v, c)
	case FormQuery:
		return byName(text, c)
	case FormHeader:
		if !random(v) && len(v) < 12 {
			return RejectProse
		}
		return Accepted
	}
	if r := byName(text, c); r != Accepted {
		return r
	}
	if c.Flags&FlagLookup != 0 && c.Flags&FlagFallback == 0 && c.Form == FormAssign && c.Op != OpCompare && nameLike(v) && c.name.credential() {
		return RejectLookup
	}
	if c.Form == FormCall && isLookup(lastPart(text[c.FuncStart:c.FuncEnd])) && !c.name.credential() {
		return RejectLookup // getPassword("of whom")
	}
	if c.Form == FormPair && c.Flags&FlagList != 0 && identifier(v) && !mixed(v) {
		return RejectCode // one of a list of names
	}
	if c.Quote == 0 {
		return gateBare(text, v, c)
	}
	return gateQuoted(text, v, c)
}

// units counts the characters of v, an escape such as \u00e9 or \n being one.
func units(v []byte) int {
	n := 0
	for i := 0; i < len(v); n++ {
		switch {
		case v[i] != '\\' || i+1 >= len(v):
			i++
		case v[i+1] == 'u':
			i += 6
		case v[i+1] == 'x':
			i += 4
		case v[i+1] == 'U':
			i += 10
		default:
			i += 2
		}
	}
	return n
}

func byName(text []byte, c *Candidate) Reject {
	if c.name.all&meansPublic != 0 && c.name.all&meansKey != 0 && c.name.all&(meansSecret|meansPassword) == 0 {
		return RejectPublic
	}
	if c.name.words == 1 && c.name.last == meansKey && !hasDigit(text[c.Start:c.End]) {
		if v := readName(text[c.Start:c.End]); v.credential() {
			return RejectName // key="password": the value is a name
		}
	}
	if c.name.credential() || secureString(text[c.NameStart:c.NameEnd]) || secureString(text[c.FuncStart:c.FuncEnd]) {
		return Accepted
	}
	if c.Form == FormFlag && c.NameEnd-c.NameStart == 2 || c.Form == FormSQL {
		return Accepted
	}
	if c.FuncEnd > c.FuncStart {
		if fn := readName(lastPart(text[c.FuncStart:c.FuncEnd])); fn.credential() {
			return Accepted
		}
	}
	return RejectName
}

// gateUUID turns away a UUID that is joined to a name, and those that name
// classes of programs.
func gateUUID(text []byte, c *Candidate) Reject {
	if c.Start > c.LineStart && (isWord(text[c.Start-1]) || text[c.Start-1] == '-') || c.End < c.LineEnd && isWord(text[c.End]) {
		return RejectPart
	}
	before := text[max(c.LineStart, c.Start-12):c.Start]
	if indexFold(before, "clsid") >= 0 || indexFold(before, "classid") >= 0 {
		return RejectPart
	}
	return Accepted
}

// secureString reports whether name is that of the type .NET keeps passwords in.
func secureString(name []byte) bool { return indexFold(name, "securestring") >= 0 }

func gateUserInfo(v []byte, c *Candidate) Reject {
	if c.NameEnd == c.NameStart && (len(v) < 16 || !mixed(v)) {
		return RejectName // a user name, most likely
	}
	if v[0] == '$' || v[0] == '{' || v[0] == '<' || v[0] == '%' && len(v) < 6 || v[0] == '#' {
		return RejectLookup
	}
	if PlaceholderReason(v) != "" {
		return RejectPlaceholder
	}
	return Accepted
}

// counting reports whether most numbers of a byte array follow the one before.
func counting(v []byte) bool {
	n, steps, prev := 0, 0, -2
	for i := 0; i < len(v); {
		j := i
		for j < len(v) && isAlnum(v[j]) {
			j++
		}
		if j == i {
			i++
			continue
		}
		x := parseByte(v[i:j])
		n++
		if x-prev >= 0 && x-prev <= 1 {
			steps++
		}
		prev, i = x, j
	}
	return steps*4 >= n*3
}

// parseByte returns the number s stands for, -2 if it is no byte.
func parseByte(s []byte) int {
	base := 10
	if hasPrefix(s, "0x") || hasPrefix(s, "0X") {
		s, base = s[2:], 16
	}
	x := 0
	for _, c := range s {
		d := int(lower(c) - '0')
		if !isDigit(c) {
			d = int(lower(c)-'a') + 10
		}
		if d < 0 || d >= base || x > 255 {
			return -2
		}
		x = x*base + d
	}
	return x
}

// literal reports whether v is a truth value, null, a type or a short number.
func literal(v []byte) bool {
	if len(v) > 12 {
		return false
	}
	var buf [12]byte
	for i, c := range v {
		buf[i] = lower(c)
	}
	switch string(buf[:len(v)]) {
	case "true", "false", "null", "none", "undefined", "string", "optional", "required", "self", "this", "bool", "boolean", "integer", "number",
		"object", "array", "default", "empty", "text", "bytes", "[]byte", "[]string", "*string", "interface{}", "varchar", "function", "return", "never", "yes", "nil,", "null,", "char", "void":
		return true
	}
	return false
}

// filler reports whether v is made of one or two different characters, or of
// signs only.
func filler(v []byte) bool {
	alnum := 0
	var a, b byte
	distinct := 0
	for _, c := range v {
		if isAlnum(c) || c >= 0x80 {
			alnum++
		}
		switch {
		case distinct > 0 && c == a, distinct > 1 && c == b:
		case distinct == 0:
			a, distinct = c, 1
		case distinct == 1:
			b, distinct = c, 2
		default:
			distinct = 3
		}
	}
	return alnum < 2 || distinct < 3
}

// lookup reports whether v says where the value is to be found instead of what
// it is: ${VAR}, $(command), {{ template }}, %VAR%, <your value>.
func lookup(v []byte) bool {
	last := v[len(v)-1]
	if n := len(v); n > 5 && v[0] == last && v[1] == v[0] && v[n-2] == v[0] && !isAlnum(v[0]) {
		return true // ##NAME##, __NAME__, @@NAME@@
	}
	switch v[0] {
	case '$':
		if len(v) > 1 && (v[1] == '{' || v[1] == '(') {
			return true
		}
		return len(v) > 2 && v[1] != '2' && v[1] != '1' && v[1] != '5' && v[1] != '6' && identifier(v[1:])
	case '{':
		return last == '}' && (v[1] == '{' || v[1] == '%') || last == '}' && identifier(v[1:len(v)-1])
	case '<':
		return last == '>' || v[1] == '%' || v[1] == '?'
	case '%':
		return last == '%' || len(v) > 2 && (v[1] == '(' || v[1] == '{')
	case '[':
		return last == ']' && len(v) < 40
	case '#':
		return len(v) > 2 && v[1] == '{'
	case '@':
		return len(v) > 2 && (v[1] == '{' || v[1] == '@' || last == '@' && identifier(v[1:len(v)-1]))
	case '*', '&':
		return last == v[0]
	}
	if len(v) > 8 {
		for i := 0; i+1 < len(v); i++ {
			if (v[i] == '$' || v[i] == '{' || v[i] == '#') && v[i+1] == '{' || v[i] == '$' && v[i+1] == '(' || v[i] == '<' && (v[i+1] == '%' || v[i+1] == '?') {
				return true
			}
		}
		for _, w := range [...]string{"process.env", "os.environ", "getenv(", "system.getenv", "env[", "secrets."} {
			if hasPrefixFold(v, w) {
				return true
			}
		}
	}
	return false
}

// sealed reports whether v is marked as encrypted or hashed by the tool that
// wrote it: ENC(…), ENC[…], {cipher}…, {SSHA}….
func sealed(v []byte) bool {
	if hasPrefix(v, "ENC(") || hasPrefix(v, "ENC[") || hasPrefix(v, "$ANSIBLE_VAULT") {
		return true
	}
	if v[0] != '{' {
		return false
	}
	at := indexByte(v, '}')
	return at > 2 && at < 16 && at+8 < len(v) && letters(v[1:at])
}

// identifier reports whether v is one name of a program: letters first, then
// letters, digits, underscores and dots.
func identifier(v []byte) bool {
	if len(v) == 0 || isDigit(v[0]) {
		return false
	}
	for _, c := range v {
		if !isWord(c) && c != '.' {
			return false
		}
	}
	return true
}

// gateBare judges the form of an unquoted value.
func gateBare(text, v []byte, c *Candidate) Reject {
	next := byte('\n')
	if c.End < c.LineEnd {
		next = text[c.End]
	}
	outside := c.Flags&(FlagInString|FlagInComment) == 0
	if next == '(' || contains(v, '(') && (v[len(v)-1] == ')' || outside) || hasPair(v, ':', ':') || hasPair(v, '-', '>') || hasPair(v, '=', '=') || hasPair(v, '&', '&') {
		return RejectCode
	}
	if contains(v, '[') && outside && identifier(v[:indexByte(v, '[')]) {
		return RejectCode
	}
	if c.Family.code() && outside {
		if v[0] == '&' || v[0] == '[' || v[0] == '*' {
			return RejectCode
		}
		if c.Form == FormQuery {
			return Accepted
		}
		if next == '.' || next == '[' || contains(v, '.') && identifier(v) {
			return RejectCode
		}
		if !mixed(v) && identifier(v) && (c.Form != FormAssign || c.Op != OpColon) {
			return RejectCode
		}
		if number(v) && len(v) < 12 || identifier(v) && (camel(v) || c.Op == OpAssign || c.Op == OpDeclare) {
			return RejectCode
		}
	}
	if v[0] == '-' || v[0] == '(' || v[0] == '|' || v[0] == '>' || v[0] == '=' || v[0] == ',' || v[0] == '`' || v[0] == ')' {
		return RejectCode
	}
	if hasPrefix(v, "0x") && len(v) <= 20 {
		return RejectLiteral
	}
	nextWord := c.End+2 < c.LineEnd && next == ' ' && isLetter(text[c.End+1]) && isLetter(text[c.End+2])
	if nextWord && letters(v) && (c.Op == OpColon || c.Form == FormFlag && !hasLower(v)) {
		return RejectProse
	}
	if c.Op == OpColon && c.Flags&FlagInComment != 0 && c.Family.code() && letters(v) {
		return RejectProse
	}
	if c.Form == FormKeyword && !mixed(v) && letters(v) {
		// a word of a sentence, most likely, unless the file is made of such lines
		if c.Family == FamilyMarkup || c.Family == FamilyText || c.Family.code() || !outside || c.End < c.LineEnd {
			return RejectProse
		}
	}
	if prose(v) {
		return RejectProse
	}
	if path(v) {
		return RejectCode
	}
	return Accepted
}

// gateQuoted judges the form of a string literal.
func gateQuoted(text, v []byte, c *Candidate) Reject {
	if sentence(v) || v[len(v)-1] == ':' && !mixed(v) {
		return RejectProse
	}
	if contains(v, ' ') && !hasDigit(v) && c.name.credWord > 0 {
		return RejectProse // what a person reads about a credential
	}
	if c.Form != FormSQL && contains(text[c.NameStart:c.NameEnd], ' ') && !random(v) {
		return RejectProse // a key that is read by people: a translation
	}
	if c.Form == FormKeyword && c.Op == OpSpace && c.Family == FamilyXML {
		return RejectName
	}
	return Accepted
}

// sentence reports whether a literal has the blanks of a sentence, or one and
// the gap for something to be filled in.
func sentence(v []byte) bool {
	return prose(v) || contains(v, ' ') && (hasPair(v, '%', 's') || hasPair(v, '%', 'd') || hasPair(v, '{', '0'))
}

// prose reports whether v has the blanks of a sentence.
func prose(v []byte) bool {
	spaces := 0
	for _, c := range v {
		if c == ' ' {
			spaces++
		}
	}
	return spaces >= 4 || spaces >= 1 && len(v)/(spaces+1) > 60
}

// path reports whether v is written as a path or a URL without user info.
func path(v []byte) bool {
	if v[0] == '/' || v[0] == '~' || v[0] == '.' {
		slashes := 0
		for _, c := range v {
			if c == '/' {
				slashes++
			}
		}
		return slashes >= 2 || v[0] == '.' && slashes > 0
	}
	return hasPrefixFold(v, "http://") || hasPrefixFold(v, "https://")
}

func hasDigit(v []byte) bool {
	for _, c := range v {
		if isDigit(c) {
			return true
		}
	}
	return false
}

func hasLower(v []byte) bool {
	for _, c := range v {
		if isLower(c) {
			return true
		}
	}
	return false
}

func letters(v []byte) bool {
	for _, c := range v {
		if !isLetter(c) && c != '.' && c != ',' && c != '-' && c != '\'' {
			return false
		}
	}
	return true
}

func number(v []byte) bool {
	for _, c := range v {
		if !isDigit(c) && c != '.' && c != '_' {
			return false
		}
	}
	return true
}

func camel(v []byte) bool {
	for i := 1; i < len(v); i++ {
		if isUpper(v[i]) && isLower(v[i-1]) && !mixed(v) {
			return true
		}
	}
	return false
}

func contains(v []byte, c byte) bool { return indexByte(v, c) < len(v) }

func indexByte(v []byte, c byte) int {
	for i := range v {
		if v[i] == c {
			return i
		}
	}
	return len(v)
}

func hasPair(v []byte, a, b byte) bool {
	for i := 0; i+1 < len(v); i++ {
		if v[i] == a && v[i+1] == b {
			return true
		}
	}
	return false
}

// gateRun judges a run that no credential word names.
func gateRun(text, v []byte, c *Candidate) Reject {
	if len(v) >= 60 && c.Quote == 0 && !hasPrefix(v, "eyJ") && c.NameEnd == c.NameStart && c.LineEnd-c.LineStart < len(v)+len(v)/4+12 {
		return RejectBlock
	}
	if len(v) > 700 && !hasPrefix(v, "eyJ") {
		return RejectBlock
	}
	if hasPrefix(v, "S-1-") && isDigit(v[4]) {
		return RejectPart // a Windows security identifier
	}
	if !random(v) {
		return RejectName
	}
	return Accepted
}

// random reports whether v changes between kinds of characters as often as
// random text does, or is a long hexadecimal number.
func random(v []byte) bool {
	var lowers, uppers, digits, signs, changes int
	kind := -1
	hex := true
	for _, c := range v {
		k := 3
		switch {
		case isLower(c):
			lowers++
			k = 0
		case isUpper(c):
			uppers++
			k = 1
		case isDigit(c):
			digits++
			k = 2
		default:
			signs++
		}
		if k != kind && kind >= 0 && !(k == 0 && kind == 1) {
			changes++
		}
		kind = k
		hex = hex && isHex(c)
	}
	if hex {
		return len(v) >= 16 && digits > 0 && lowers+uppers > 0
	}
	if digits == 0 && lowers*uppers == 0 {
		return false
	}
	return digits >= 2 && changes*6 >= len(v) || digits == 0 && changes*5 >= len(v) && signs*8 < len(v) || digits*8 >= len(v) && changes*8 >= len(v)
}
