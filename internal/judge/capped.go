package judge

import "bytes"

// cap keeps what is most likely no credential below the medium level, and what
// only looks like one below the high level.
func (j *Judge) cap(text []byte, c *Candidate, score float64) float64 {
	switch {
	case score >= j.model.bounds[LevelMedium] && c.Capped(text):
		return j.model.bounds[LevelMedium] - 0.01
	case score >= j.model.bounds[LevelHigh] && c.bare():
		return j.model.bounds[LevelHigh] - 0.01
	}
	return score
}

// Capped reports whether [Judge.Score] keeps c below the medium level, whatever
// the trees say: since it is most likely the identifier of an object, a part of a
// test vector, a digest, or a mark of where a listing goes on.
func (c *Candidate) Capped(text []byte) bool { return c.capReason(text) != "" }

// capReason says why c is kept below the medium level, or is empty.
func (c *Candidate) capReason(text []byte) string {
	switch {
	case c.identifier(text):
		return "the identifier of an object"
	case c.vector(text):
		return "a part of a test vector"
	case c.digest(text):
		return "a digest"
	case c.counter(text):
		return "a number that is used once"
	case namesCursor(text[c.NameStart:c.NameEnd]):
		return "a mark of where a listing goes on, or of one request"
	case c.Form == FormQuery && inBadge(text[max(c.LineStart, c.NameStart-maxResource):c.NameStart]):
		return "the token of a badge, which is for everyone"
	}
	return ""
}

// A Kin is a kind of values that data files have in great numbers.
type Kin uint8

// Kins. Many identifiers in a file are none of them a credential; of many numbers
// no more can be said than that they are alike.
const (
	KinNone       Kin = iota
	KinIdentifier     // a UUID without a telling name, or a number used once
	KinNumber         // any other hexadecimal number
)

// Kin returns the kind of c.
func (c *Candidate) Kin(text []byte) Kin {
	switch {
	case c.bare():
		return KinIdentifier
	case c.End-c.Start < minVector || !isHexNumber(text[c.Start:c.End]):
		return KinNone
	case c.name.last == meansSalt:
		return KinIdentifier
	}
	return KinNumber
}

// bare reports whether c is a UUID that no name calls a credential.
func (c *Candidate) bare() bool { return c.Form == FormUUID && !c.name.credential() }

// identifier reports whether c is most likely the identifier of an object.
// Reviewers of the corpus call nearly every UUID a credential, which trees
// without a single one contradict: so where no name speaks of a credential, a
// UUID in Go, in the name of a cloud resource or under a name that ends in uid,
// uuid or guid is low at most.
func (c *Candidate) identifier(text []byte) bool {
	switch {
	case inResource(text, c):
		return c.bare() || c.Form == FormRun
	case c.bare():
		return c.Family == FamilyGo || namesObject(text[c.NameStart:c.NameEnd]) || namesObject(wordBefore(text, c)) || isAsset(text[max(c.LineStart, c.Start-maxResource):c.Start])
	}
	return false
}

// wordBefore returns the word in front of c and of the quotes, brackets and
// operators between them, as in Guid("...").
func wordBefore(text []byte, c *Candidate) []byte {
	end := c.Start
	for end > c.LineStart && bytes.IndexByte([]byte("\"'`({[<>=: "), text[end-1]) >= 0 {
		end--
	}
	start := end
	for start > c.LineStart && isWord(text[start-1]) {
		start--
	}
	return text[start:end]
}

// isAsset reports whether a URL goes on with what comes next as the address of a
// picture or another file in a text.
func isAsset(before []byte) bool {
	return bytes.HasSuffix(bytes.TrimRight(before, "0123456789/"), []byte("/assets")) && bytes.Contains(before, []byte("://"))
}

// maxResource is the length of the name of a resource in front of what it ends in.
const maxResource = 200

// inResource reports whether c stands in the name of a resource of AWS.
func inResource(text []byte, c *Candidate) bool {
	start := c.Start
	for start > max(c.LineStart, c.Start-maxResource) && (isWord(text[start-1]) || bytes.IndexByte([]byte(":/-.*"), text[start-1]) >= 0) {
		start--
	}
	return hasPrefix(text[start:c.Start], "arn:")
}

// inBadge reports whether a URL, of which a query parameter comes next, is that of
// a badge: services give these tokens of their own, since pages show them.
func inBadge(before []byte) bool {
	for i := len(before) - 1; i >= 0; i-- {
		if ch := before[i]; ch <= ' ' || ch == '"' || ch == '\'' || ch == '(' || ch == '<' {
			before = before[i+1:]
			break
		}
	}
	return indexFold(before, "badge") >= 0 && bytes.Contains(before, []byte("://"))
}

// digest reports whether c has the length of a digest and a name that says so:
// what it is a digest of cannot be had from it, if that is random.
func (c *Candidate) digest(text []byte) bool {
	start := c.NameStart // of checksum/secret, too
	for start > c.LineStart && (isWord(text[start-1]) || text[start-1] == '/') {
		start--
	}
	if name := readName(text[start:c.NameEnd]); name.all&meansHash == 0 || name.all&meansPassword != 0 {
		return false
	}
	switch c.End - c.Start {
	case 32, 40, 56, 64, 96, 128:
		return isHexNumber(text[c.Start:c.End])
	}
	return false
}

// counter reports whether c is a decimal number of which the name says that it is
// used once.
func (c *Candidate) counter(text []byte) bool {
	if c.name.last != meansSalt {
		return false
	}
	for _, ch := range text[c.Start:c.End] {
		if !isDigit(ch) {
			return false
		}
	}
	return true
}

// namesCursor reports whether a name is that of a token with which the next part
// of a listing is asked for, or which keeps a request from being done twice.
func namesCursor(name []byte) bool {
	var buf [40]byte
	n := 0
	for _, ch := range name[max(0, len(name)-len(buf)):] {
		if isLetter(ch) {
			buf[n] = lower(ch)
			n++
		}
	}
	const token = "token"
	if n <= len(token) || string(buf[n-len(token):n]) != token {
		return false
	}
	for _, of := range [...]string{"page", "next", "previous", "prev", "skip", "continuation", "continue", "pagination", "cursor", "resume", "sync", "marker", "clientrequest", "idempotency"} {
		if k := n - len(token) - len(of); k >= 0 && string(buf[k:k+len(of)]) == of {
			return true
		}
	}
	return false
}

// minVector is the least length of the numbers of a test vector, in digits.
const minVector = 20

// vector reports whether c is most likely a part of a vector that algorithms are
// tested with: a hexadecimal number among others whose names are those of what
// goes into a cipher, a derivation or an agreement and what comes out.
func (c *Candidate) vector(text []byte) bool {
	if c.End-c.Start < minVector || !isHexNumber(text[c.Start:c.End]) {
		return false
	}
	floor, ceil := contextFloor(text, c.LineStart), contextCeil(text, c.LineEnd)
	others := 0
	for lo := floor; lo < ceil; {
		hi := lo
		for hi < ceil && text[hi] != '\n' && text[hi] != '\\' && !separator(text[hi]) {
			hi++
		}
		if (c.Start < lo || c.Start > hi) && inVector(text[lo:hi]) {
			others++
		}
		if lo = hi + 1; hi < ceil && text[hi] == '\\' {
			lo++ // the letter of a line break in a literal
		}
	}
	return others >= 2
}

// inVector reports whether a line, or an entry of one, gives a hexadecimal number
// to a name that stands in test vectors, and hardly ever next to a credential in
// use.
func inVector(line []byte) bool {
	name := firstName(trimIndent(line))
	var buf [20]byte
	n := 0
	for _, ch := range name {
		if ch != '_' && ch != '-' && n < len(buf) {
			buf[n] = lower(ch)
			n++
		}
	}
	switch string(buf[:n]) {
	case "aad", "ad", "ct", "pt", "msg", "tag", "plaintext", "ciphertext", "info", "enc", "ikm", "ikme", "ikmr", "prk", "okm", "skrm", "skem", "pkrm", "pkem",
		"sharedsecret", "peerpublickey", "exportercontext", "exportedvalue", "expected", "transcript", "zz", "digest", "input", "output", "result",
		"pk", "ss", "pkseed", "skprf", "contextu", "contextv":
	default:
		return false
	}
	digits := 0
	for _, ch := range line[len(name):] {
		if !isHex(ch) {
			digits = 0
		} else if digits++; digits == minVector {
			return true
		}
	}
	return false
}

func isHexNumber(v []byte) bool {
	for _, ch := range v {
		if !isHex(ch) {
			return false
		}
	}
	return true
}

func namesObject(name []byte) bool {
	for len(name) > 0 && (lower(name[len(name)-1]) == 's' || !isLetter(name[len(name)-1])) {
		name = name[:len(name)-1]
	}
	n := len(name)
	return n >= 3 && equalFold(name[n-3:], "uid") || n >= 4 && (equalFold(name[n-4:], "uuid") || equalFold(name[n-4:], "guid"))
}
