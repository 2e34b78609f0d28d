package judge

import (
	"bytes"
	"math"
)

// features is the vector a candidate is judged by. The first places hold one
// of a kind for form, operator, family, flags and meanings; featNames names all.
type features [featureCount]float32

const (
	flagCount    = 13
	meaningCount = 25

	featForm   = 0
	featOp     = featForm + int(formCount)
	featFamily = featOp + int(opCount)
	featFlag   = featFamily + int(familyCount)
	featAll    = featFlag + flagCount
	featLast   = featAll + meaningCount
	featFirst  = featLast + meaningCount // of the measures below
)

// The measures.
const (
	fQuote = featFirst + iota
	fCode
	fArg
	fNameWords
	fNameLength
	fNameUpper
	fNameDotted
	fNameCamel
	fNameTail
	fNamePrevCredential
	fNameSpaces
	fNameRandom
	fFuncCredential
	fFuncEnds
	fFuncMeta
	fFuncVerb

	fLength
	fLowers
	fUppers
	fDigits
	fSigns
	fOther
	fSpaces
	fDistinct
	fChanges
	fLetterRun
	fDigitRun
	fSameRun
	fTailDigits
	fSequence
	fKeyboard
	fEntropy
	fEntropyTotal
	fEntropyShare
	fHex
	fBase64
	fBase32
	fAlnum
	fHashLength
	fPadded

	fLetters
	fWordBits
	fWordBitsTotal
	fWordWorst
	fLetterRuns
	fKnown
	fPlaceheld
	fCredentialWords
	fNamed
	fPieces
	fMinBand
	fMaxBand
	fWholeBand
	fUnknownLetters
	fBandLength

	fSnake
	fKebab
	fDotted
	fCamel
	fUpperStart
	fBrackets
	fTemplate
	fPath
	fEmail
	fEllipsis
	fJWT
	fCrypt
	fLeet
	fOddSigns
	fEndsInSign
	fEndsInColon
	fDecodes
	fDecodesJSON

	fBefore
	fNext
	fNextWord
	fNextDot
	fNextPlus
	fLineLength
	fIndent
	fColumn
	fValueShare
	fUserNear
	fCredentialNear
	fSiblings
	fParentCredential
	fParentMeta
	fBlockLines
	fLocalHost
	fUserName
	fSameAsUser

	featureCount
)

// maxNear bounds the lines before and after a value whose words are looked at.
const maxNear = 3

func truth(b bool) float32 {
	if b {
		return 1
	}
	return 0
}

func share(n, of int) float32 {
	if of == 0 {
		return 0
	}
	return float32(n) / float32(of)
}

// measure fills in the features of c.
func (m *Meter) measure(f *features, text []byte, c *Candidate) {
	*f = features{}
	f[featForm+int(c.Form)] = 1
	f[featOp+int(c.Op)] = 1
	f[featFamily+int(c.Family)] = 1
	for i := range flagCount {
		f[featFlag+i] = float32(c.Flags >> i & 1)
	}
	f.name(text, c)
	f.value(m.voc, text, c)
	f.place(text, c)
}

func (f *features) name(text []byte, c *Candidate) {
	n := &c.name
	for i := range meaningCount {
		f[featAll+i] = float32(n.all >> i & 1)
		f[featLast+i] = float32(n.last >> i & 1)
	}
	f[fQuote] = float32(c.Quote)
	f[fCode] = truth(c.Family.code())
	f[fArg] = float32(c.Arg)
	f[fNameWords] = float32(n.words)
	f[fNameLength] = float32(n.length)
	f[fNameUpper] = truth(n.upper)
	f[fNameDotted] = truth(n.dotted)
	f[fNameCamel] = truth(n.camel)
	f[fNameTail] = float32(n.credWord)
	f[fNamePrevCredential] = truth(n.prev&meansCredential0 != 0)
	for _, ch := range text[c.NameStart:c.NameEnd] {
		if ch == ' ' {
			f[fNameSpaces]++
		}
	}
	f[fNameRandom] = truth(n.length >= 12 && random(text[c.NameStart:c.NameEnd]))
	if c.FuncEnd > c.FuncStart {
		fn := readName(lastPart(text[c.FuncStart:c.FuncEnd]))
		f[fFuncCredential] = truth(fn.all&meansStrong != 0)
		f[fFuncEnds] = truth(fn.last&meansCredential0 != 0)
		f[fFuncMeta] = truth(fn.all&(meansMeta|meansText|meansPlace) != 0)
		f[fFuncVerb] = truth(fn.all&(meansVerb|meansState) != 0)
	}
}

func (f *features) value(voc *vocabulary, text []byte, c *Candidate) {
	v := text[c.Start:c.End]
	var info valueInfo
	voc.analyse(&info, v, text[c.NameStart:c.NameEnd])
	n := min(len(v), maxAnalysed)
	f[fLength] = float32(len(v))
	f[fLowers] = share(info.lowers, n)
	f[fUppers] = share(info.uppers, n)
	f[fDigits] = share(info.digits, n)
	f[fSigns] = share(info.signs, n)
	f[fOther] = share(info.other, n)
	f[fSpaces] = float32(info.spaces)
	f[fDistinct] = share(info.distinct, n)
	f[fChanges] = share(info.changes, n)
	f[fLetterRun] = float32(info.letterRun)
	f[fDigitRun] = float32(info.digitRun)
	f[fSameRun] = float32(info.sameRun)
	f[fTailDigits] = float32(info.tailDigits)
	f[fSequence] = float32(info.sequence)
	f[fKeyboard] = float32(info.keyboard)
	f[fEntropy] = float32(info.entropy)
	f[fEntropyTotal] = float32(info.entropy * float64(n))
	f[fEntropyShare] = float32(info.entropy / math.Log2(float64(n)+1))
	f[fHex] = truth(info.hex)
	f[fBase64] = truth(info.base64)
	f[fBase32] = truth(info.base32)
	f[fAlnum] = truth(info.alnum)
	if info.hex {
		switch len(v) {
		case 32, 40, 56, 64, 96, 128:
			f[fHashLength] = float32(len(v))
		}
	}
	f[fPadded] = truth(v[len(v)-1] == '=')

	f[fLetters] = share(info.letters, n)
	f[fWordBitsTotal] = float32(info.bits)
	if info.letters > 0 {
		f[fWordBits] = float32(info.bits / float64(info.letters+info.runs))
		f[fKnown] = share(info.known, info.letters)
		f[fPlaceheld] = share(info.placeheld, info.letters)
		f[fCredentialWords] = share(info.credential, info.letters)
		f[fNamed] = share(info.named, info.letters)
	}
	f[fWordWorst] = float32(info.worst)
	f[fLetterRuns] = float32(info.runs)
	f[fPieces] = float32(info.pieces)
	f[fMinBand] = float32(info.minBand)
	f[fMaxBand] = float32(info.maxBand)
	f[fWholeBand] = float32(info.wholeBand)
	f[fUnknownLetters] = float32(info.letters - info.known)
	if info.pieces > 0 {
		f[fBandLength] = float32(info.known) / float32(info.pieces)
	}
	f.shape(v, &info)
}

func (f *features) shape(v []byte, info *valueInfo) {
	var under, dash, dot, slash, at, odd int
	for _, c := range v[:min(len(v), maxAnalysed)] {
		switch c {
		case '_':
			under++
		case '-':
			dash++
		case '.':
			dot++
		case '/':
			slash++
		case '@':
			at++
		case '(', ')', '[', ']', '{', '}', '<', '>':
			f[fBrackets]++
		case '$', '%':
			f[fTemplate]++
		case '!', '#', '^', '&', '*', '~', '?', ';', '|', '+', '=':
			odd++
		}
	}
	f[fSnake] = float32(under)
	f[fKebab] = float32(dash)
	f[fDotted] = float32(dot)
	f[fPath] = float32(slash)
	f[fOddSigns] = float32(odd)
	f[fEmail] = truth(at == 1 && dot > 0 && v[0] != '@')
	f[fCamel] = truth(camel(v))
	f[fUpperStart] = truth(isUpper(v[0]))
	f[fEllipsis] = truth(len(v) > 3 && (v[len(v)-1] == '.' && v[len(v)-2] == '.' || info.sameRun >= 4))
	f[fJWT] = truth(hasPrefix(v, "eyJ") && dot >= 1)
	f[fCrypt] = truth(crypted(v))
	f[fDecodes], f[fDecodesJSON] = decoded(v, info)
	f[fEndsInColon] = truth(v[len(v)-1] == ':')
	f[fLeet] = truth(leet(v))
	f[fEndsInSign] = truth(!isAlnum(v[len(v)-1]))
}

// decoded returns the share of printable characters among the first bytes that
// v stands for in base64, and whether they begin a JSON value.
func decoded(v []byte, info *valueInfo) (printable, json float32) {
	if !info.base64 || len(v) < 8 || info.hex {
		return 0, 0
	}
	var out [24]byte
	n, acc, bits := 0, uint32(0), 0
	for _, c := range v {
		d := sextet(c)
		if d < 0 || n == len(out) {
			break
		}
		acc, bits = acc<<6|uint32(d), bits+6
		if bits >= 8 {
			bits -= 8
			out[n] = byte(acc >> bits)
			n++
		}
	}
	good := 0
	for _, c := range out[:n] {
		if c >= ' ' && c < 0x7f {
			good++
		}
	}
	return share(good, n), truth(n > 2 && (out[0] == '{' || out[0] == '[') && out[1] == '"')
}

func sextet(c byte) int {
	switch {
	case isUpper(c):
		return int(c - 'A')
	case isLower(c):
		return int(c-'a') + 26
	case isDigit(c):
		return int(c-'0') + 52
	case c == '+' || c == '-':
		return 62
	case c == '/' || c == '_':
		return 63
	}
	return -1
}

// leet reports whether v is a placeholder's word with digits and signs for letters: s3cr3t.
func leet(v []byte) bool {
	var buf [16]byte
	if len(v) > len(buf) {
		return false
	}
	swapped := false
	for i, c := range v {
		plain := c
		switch c {
		case '0':
			plain = 'o'
		case '1', '!':
			plain = 'i'
		case '3':
			plain = 'e'
		case '4', '@':
			plain = 'a'
		case '5', '$':
			plain = 's'
		case '7':
			plain = 't'
		}
		swapped = swapped || plain != c
		buf[i] = lower(plain)
	}
	return swapped && placeholderWord(buf[:len(v)])
}

// crypted reports whether v is written as a hash of a password: $2a$10$…, $argon2id$….
func crypted(v []byte) bool {
	if len(v) < 12 || v[0] != '$' {
		return false
	}
	at := indexByte(v[1:], '$')
	return at >= 1 && at <= 12 && at+2 < len(v)
}

// place measures what stands around the value.
func (f *features) place(text []byte, c *Candidate) {
	next := c.End
	if c.Quote != 0 && next < c.LineEnd {
		next++
	}
	for next < c.LineEnd && isSpace(text[next]) {
		next++
	}
	if c.Start > c.LineStart {
		switch before := text[c.Start-1]; {
		case isQuote(before):
			f[fBefore] = 1
		case isSpace(before):
			f[fBefore] = 2
		case before == '=':
			f[fBefore] = 3
		case before == ':':
			f[fBefore] = 4
		case before == '/':
			f[fBefore] = 5
		case before == '-' || before == '_' || before == '.':
			f[fBefore] = 6
		case isAlnum(before):
			f[fBefore] = 7
		default:
			f[fBefore] = 8
		}
	}
	f[fNextWord] = truth(c.Quote == 0 && next+2 < c.LineEnd && next > c.End && isLetter(text[next]) && isLetter(text[next+1]))
	if next < c.LineEnd {
		switch text[next] {
		case ',':
			f[fNext] = 1
		case ';':
			f[fNext] = 2
		case ')':
			f[fNext] = 3
		case '}', ']':
			f[fNext] = 4
		case ':':
			f[fNext] = 5
		case '=', '!':
			f[fNext] = 6
		default:
			f[fNext] = 7
		}
		f[fNextDot] = truth(text[next] == '.' || text[next] == '(' || text[next] == '[')
		f[fNextPlus] = truth(text[next] == '+' || text[next] == '%' || text[next] == '?')
	}
	lo, hi := max(c.LineStart, c.Start-512), min(c.LineEnd, c.End+512)
	f[fLineLength] = float32(hi - lo)
	indent := 0
	for lo+indent < c.Start && isSpace(text[lo+indent]) {
		indent++
	}
	f[fIndent] = float32(indent)
	f[fColumn] = float32(c.Start - lo)
	f[fValueShare] = share(c.End-c.Start, hi-lo)
	f.near(text, c, indent)
	if c.Form == FormUserInfo {
		f.userInfo(text, c)
	}
}

// userInfo looks at the user and the host of a URL.
func (f *features) userInfo(text []byte, c *Candidate) {
	host := text[min(c.End+1, c.LineEnd):min(c.End+40, c.LineEnd)]
	f[fLocalHost] = truth(hasPrefixFold(host, "localhost") || hasPrefix(host, "127.0.0.1") || hasPrefix(host, "0.0.0.0") || hasPrefix(host, "%s") || hasPrefixFold(host, "host"))
	user := text[c.NameStart:c.NameEnd]
	f[fUserName] = truth(len(user) > 0 && (placeholderWord(user) || c.name.all&meansUser != 0))
	f[fSameAsUser] = truth(string(user) == string(text[c.Start:c.End]))
}

// near looks at the lines around: who else stands there, and whether they are
// written alike.
func (f *features) near(text []byte, c *Candidate, indent int) {
	// No more than ContextLines are looked at, so that only the bytes are bounds.
	floor, ceil := max(0, c.LineStart-ContextBytes), min(len(text), c.LineEnd+ContextBytes)
	hi := c.LineStart
	parent := indent == 0 // nothing stands further out
	for k := 0; k < ContextLines && hi > floor && !(parent && k >= maxNear); k++ {
		e := hi - 1
		lo := floor + 1 + LastNewline(text[floor:e])
		line := text[lo:max(lo, min(e, lo+160))]
		own := 0
		for own < len(line) && isSpace(line[own]) {
			own++
		}
		if k < maxNear {
			f.neighbour(line[own:], own == indent)
		}
		if !parent && own < indent && own < len(line) {
			parent = true
			info := readName(firstName(line[own:]))
			f[fParentCredential] = truth(info.all&meansCredential0 != 0)
			f[fParentMeta] = truth(info.all&(meansMeta|meansText|meansHash) != 0)
		}
		hi = lo
	}
	lo := c.LineEnd + 1
	for k := 0; k < maxNear && lo < ceil; k++ {
		e := ceil
		if n := bytes.IndexByte(text[lo:ceil], '\n'); n >= 0 {
			e = lo + n
		}
		line := text[lo:min(e, lo+160)]
		own := 0
		for own < len(line) && isSpace(line[own]) {
			own++
		}
		f.neighbour(line[own:], own == indent)
		lo = e + 1
	}
	// the line itself may name the user before the password
	if own := firstWords(text, c); own&meansUser != 0 {
		f[fUserNear]++
	}
}

func firstWords(text []byte, c *Candidate) meaning {
	lo := max(c.LineStart, c.NameStart-80)
	if c.NameStart <= lo || c.NameEnd == c.NameStart {
		return 0
	}
	info := readName(text[lo:c.NameStart])
	return info.all
}

// neighbour adds what one line around says.
func (f *features) neighbour(line []byte, sameIndent bool) {
	if len(line) == 0 {
		return
	}
	for len(line) > 1 && (isQuote(line[0]) || line[0] == '#' || line[0] == '/' || line[0] == ' ') {
		line = line[1:]
	}
	run := 0
	for _, ch := range line {
		if !isRunByte(ch) {
			break
		}
		run++
	}
	if run >= 40 {
		f[fBlockLines]++
		return
	}
	name := readName(firstName(line))
	if name.all&(meansUser|meansService) != 0 {
		f[fUserNear]++
	}
	if name.all&meansStrong != 0 {
		f[fCredentialNear]++
	}
	f[fSiblings] += truth(sameIndent)
}

// trimIndent returns a line without the blanks before it.
func trimIndent(line []byte) []byte {
	for len(line) > 0 && isSpace(line[0]) {
		line = line[1:]
	}
	return line
}

// firstName returns the first name of a line, without quotes and dashes before it.
func firstName(line []byte) []byte {
	i := 0
	for i < len(line) && !isWord(line[i]) && i < 8 {
		i++
	}
	e := i
	for e < len(line) && isName(line[e]) && e-i < 60 {
		e++
	}
	return line[i:e]
}
