package judge

import "math"

// maxAnalysed bounds the bytes of a value that are looked at: what follows
// changes no verdict, and a candidate must stay cheap.
const maxAnalysed = 160

// valueInfo is what the bytes of a value alone say about it.
type valueInfo struct {
	length                               int
	lowers, uppers, digits, signs, other int
	spaces, distinct                     int
	changes                              int // between kinds of characters, a capital before small letters excepted
	letterRun, digitRun, sameRun         int // the longest of each
	tailDigits                           int
	sequence                             int // longest run of successive characters: 123, abc
	keyboard                             int // longest run of neighbouring keys: qwer
	entropy                              float64
	hex, base64, base32, alnum           bool

	letters    int     // letters in runs of three and more
	bits       float64 // their cost as words
	worst      float64 // the highest cost a letter of a run of four and more, in bits
	runs       int     // runs of letters
	known      int     // letters covered by words of the vocabulary
	placeheld  int     // letters covered by words of placeholders
	credential int     // letters covered by words such as password and key
	named      int     // letters covered by words of the name
	pieces     int     // words found
	minBand    int     // the rarest word found
	maxBand    int     // the most common one
	wholeBand  int     // of the value itself, if it is one word
}

// analyse fills in what the value v, given to name, looks like.
func (voc *vocabulary) analyse(info *valueInfo, v, name []byte) {
	*info = valueInfo{length: len(v), minBand: 16, hex: true, base64: true, base32: true, alnum: true}
	if len(v) > maxAnalysed {
		v = v[:maxAnalysed]
	}
	info.classes(v)
	info.sequences(v)
	var fold [64]byte
	lowerName := fold[:0]
	for _, c := range name[max(0, len(name)-len(fold)):] {
		lowerName = append(lowerName, lower(c))
	}
	for i := 0; i < len(v); {
		if !isLetter(v[i]) {
			i++
			continue
		}
		j := i + 1
		for j < len(v) && isLetter(v[j]) {
			if isUpper(v[j]) && isLower(v[j-1]) {
				break
			}
			if isUpper(v[j]) && j-i > 1 && j+1 < len(v) && isLower(v[j+1]) {
				break
			}
			j++
		}
		voc.run(info, v[i:j], lowerName)
		i = j
	}
	if info.pieces == 0 {
		info.minBand = 0
	}
}

// run judges one run of letters of the value.
func (voc *vocabulary) run(info *valueInfo, run, name []byte) {
	info.runs++
	if len(run) < 3 {
		return
	}
	var buf [maxAnalysed]byte
	w := buf[:0]
	for _, c := range run {
		w = append(w, lower(c))
	}
	cost := voc.bits(w)
	info.letters += len(w)
	info.bits += cost
	if len(w) >= 4 {
		info.worst = max(info.worst, cost/float64(len(w)+1))
	}
	if len(w) <= maxWord {
		band := voc.band(w)
		if len(w) == info.length {
			info.wholeBand = band
		}
		if band > 0 || placeholderWord(w) {
			info.piece(w, band, name)
			return
		}
	}
	for i := 0; i+4 <= len(w); {
		n, band := voc.longest(w[i:])
		if n == 0 {
			i++
			continue
		}
		info.piece(w[i:i+n], band, name)
		i += n
	}
}

// longest returns the length and band of the longest word of four and more
// letters that w begins with.
func (voc *vocabulary) longest(w []byte) (n, band int) {
	for k := min(len(w), maxWord); k >= 4; k-- {
		if b := voc.band(w[:k]); b > 0 {
			return k, b
		}
		if placeholderWord(w[:k]) {
			return k, 0
		}
	}
	return 0, 0
}

func (info *valueInfo) piece(w []byte, band int, name []byte) {
	info.pieces++
	info.known += len(w)
	if band > 0 {
		info.minBand = min(info.minBand, band)
		info.maxBand = max(info.maxBand, band)
	}
	if placeholderWord(w) {
		info.placeheld += len(w)
	}
	if m := knownWord(w); m&meansCredential0 != 0 {
		info.credential += len(w)
	}
	if len(w) >= 3 && indexOf(name, w) >= 0 {
		info.named += len(w)
	}
}

func indexOf(s, sub []byte) int {
	for i := 0; i+len(sub) <= len(s); i++ {
		if s[i] == sub[0] && string(s[i:i+len(sub)]) == string(sub) {
			return i
		}
	}
	return -1
}

func (info *valueInfo) classes(v []byte) {
	var counts [256]uint8
	kind, letters, digits, same := -1, 0, 0, 1
	for i, c := range v {
		if counts[c] == 0 {
			info.distinct++
		}
		counts[c]++
		k := 3
		switch {
		case isLower(c):
			info.lowers++
			k = 0
		case isUpper(c):
			info.uppers++
			k = 1
		case isDigit(c):
			info.digits++
			k = 2
		case c == ' ' || c == '\t':
			info.spaces++
		case c >= 0x80:
			info.other++
		default:
			info.signs++
		}
		if kind >= 0 && k != kind && !(k == 0 && kind == 1) {
			info.changes++
		}
		kind = k
		if k < 2 {
			letters++
		} else {
			letters = 0
		}
		if k == 2 {
			digits++
		} else {
			digits = 0
		}
		if i > 0 && v[i-1] == c {
			same++
		} else {
			same = 1
		}
		info.letterRun, info.digitRun, info.sameRun = max(info.letterRun, letters), max(info.digitRun, digits), max(info.sameRun, same)
		info.hex = info.hex && isHex(c)
		info.alnum = info.alnum && isAlnum(c)
		info.base64 = info.base64 && isRunByte(c)
		info.base32 = info.base32 && (isUpper(c) || '2' <= c && c <= '7' || c == '=')
	}
	info.tailDigits = digits
	n := float64(len(v))
	for _, c := range v { // each byte adds its share; cheaper than walking 256 counts
		info.entropy += log2Table[len(v)] - log2Table[counts[c]]
	}
	if n > 0 {
		info.entropy /= n
	}
}

// sequences finds runs of successive characters and of neighbouring keys.
func (info *valueInfo) sequences(v []byte) {
	const rows = "qwertyuiop asdfghjkl zxcvbnm 1234567890"
	up, down, keys := 1, 1, 1
	for i := 1; i < len(v); i++ {
		a, b := lower(v[i-1]), lower(v[i])
		up, down = extend(up, b == a+1 && isAlnum(b)), extend(down, a == b+1 && isAlnum(b))
		neighbour := false
		if isLetter(a) && isLetter(b) {
			k := keyPlace[a-'a']
			neighbour = rows[k+1] == b || k > 0 && rows[k-1] == b
		}
		keys = extend(keys, neighbour)
		info.sequence = max(info.sequence, up, down)
		info.keyboard = max(info.keyboard, keys)
	}
}

func extend(n int, ok bool) int {
	if ok {
		return n + 1
	}
	return 1
}

// keyPlace is where each letter stands in the rows of a keyboard.
var keyPlace = [26]uint8{11, 26, 24, 13, 2, 14, 15, 16, 7, 17, 18, 19, 28, 27, 8, 9, 0, 3, 12, 4, 6, 25, 1, 23, 5, 22}

// log2Table holds the logarithms of the numbers of bytes there may be.
var log2Table = func() (t [maxAnalysed + 1]float64) {
	for n := 1; n < len(t); n++ {
		t[n] = math.Log2(float64(n))
	}
	return t
}()

// placeholderWord reports whether a lower-case word is one that people write
// where a secret will stand.
func placeholderWord(w []byte) bool {
	switch string(w) {
	case "your", "yours", "example", "sample", "test", "testing", "tests", "tester", "changeme", "change", "changeit", "dummy", "fake", "mock", "placeholder", "todo", "fixme",
		"insert", "replace", "replaceme", "enter", "foo", "bar", "baz", "foobar", "ping", "pong", "qux", "quux", "here", "demo", "some", "something", "any", "anything", "xxx", "xxxx", "xxxxx", "xxxxxx", "redacted", "hidden",
		"masked", "removed", "none", "null", "undefined", "empty", "default", "password", "passwd", "passphrase", "pass", "pwd", "secret", "secrets", "token", "key", "apikey", "credential", "credentials",
		"invalid", "wrong", "bad", "incorrect", "not", "real", "random", "string", "value", "bogus", "whatever", "asdf", "qwerty", "abc", "abcd", "abcdef", "lorem", "ipsum", "blah", "hello", "world",
		"admin", "root", "user", "username", "guest", "letmein", "welcome", "mypassword", "mypass", "mysecret", "mytoken", "mykey", "new", "old", "unknown", "stub", "expected", "actual", "another", "different", "other", "first", "second", "super", "supersecret", "top", "topsecret", "very", "secure", "insecure", "unsecure", "unsafe", "goes", "put", "set", "fill", "add", "own", "generated", "template", "nothing", "client", "access", "private", "public", "auth", "login", "database", "bearer", "session", "encrypted", "plain", "simple", "valid", "missing":
		return true
	}
	return false
}
