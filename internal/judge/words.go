package judge

// WordLines is how many lines from that of a word on, itself included, a
// candidate it names may begin on.
const WordLines = 4

// Continued reports whether the line that begins at start and ends at end may
// hold a value that an earlier line names: because that line is left open, or
// because the name it has itself says nothing, as in name: X, value: Y.
func Continued(f Family, text []byte, start, end int) bool {
	name := lastPart(firstName(trimIndent(text[start:min(end, start+160)])))
	if n := readName(name); n.last&meansValue != 0 || equalFold(name, "content") {
		return true
	}
	k := start - 1
	for k > 0 && (isSpace(text[k-1]) || text[k-1] == '\\') {
		k--
	}
	if k <= 0 {
		return false
	}
	switch text[k-1] {
	case ',', '{':
		return f != FamilyJSON || !keyed(text[start:end])
	case ':', '[':
		return mayBeNamed(text[:k])
	case '=', '(', '+', '|', '?', '>', '-':
		return true
	}
	return false
}

// mayBeNamed reports whether the name that the last line of text begins with, if
// any, is that of a credential or says nothing.
func mayBeNamed(text []byte) bool {
	lo := max(0, len(text)-160)
	name := firstName(trimIndent(text[lo+LastNewline(text[lo:])+1:]))
	n := readName(name)
	return n.words == 0 || n.all&(meansCredential0|meansValue) != 0
}

// keyed reports whether a line of JSON begins with a key.
func keyed(line []byte) bool {
	for i := 1; i < len(line); i++ {
		if line[i] == ':' && (line[i-1] == '"' || isSpace(line[i-1])) {
			return true
		}
	}
	return false
}

// Words returns the lower-case words one of which stands on the line of every
// candidate, or at most WordLines-1 lines before it, unless its form needs none:
// URL user info needs "://" and runs and UUIDs need [RunLength] bytes of letters,
// digits and +/_- in a row. Each stands less than once in ten kilobytes of
// ordinary Go.
func Words() []string {
	return []string{
		"pass", "pwd=", "pwd:", "pwd\"", "pwd'", "pwd ", "_pwd", "pwd>", "pwd(", "_pw=", "_pw ", "_pw:", "secret", "token", "auth", "cred", "bearer", "basic ",
		"_key", "-key", "key\"", "key'", "key=", "key:", "key =", "key :", "key]", "keyauth",
		"apikey", "accesskey", "appkey", "aeskey", "setkey", "private", "encrypt", "cipher",
		"session", "cookie", "csrf", "salt", "nonce", "signature", "sig=", "sig\"", "hmac", "seed", "mnemonic",
		"identified by", "securestring", "code=", "code\"", "otp=", "dsn=", " -p ", " -p\"", " -u ", " -w ",
	}
}
