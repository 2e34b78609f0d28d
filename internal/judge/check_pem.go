package judge

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// A checkBlock is a private key in armour.
type checkBlock struct {
	label   string // between BEGIN and the dashes, in upper case
	headers map[string]string
	body    []byte // what is base64 of the body
	alien   int    // bytes of the body that no base64 holds
	lines   int    // lines of the body
	prose   int    // lines of the body that are words
	dots    bool   // the body was shortened by hand
	ended   bool   // the END line stands in the text
}

// checkPEM verifies a private key in armour of any kind, however its lines are
// written: escaped, indented, quoted, commented, in one line.
func checkPEM(in *Input) Result {
	lo, hi := in.matched()
	lo, hi = min(lo, in.Start), max(hi, in.End)
	if !bytes.Contains(in.Text[lo:hi], []byte("BEGIN")) {
		// The credential is the body, or its tail: the line of BEGIN stands before it.
		if i := bytes.LastIndex(in.Text[:lo], []byte("BEGIN ")); i >= 0 {
			lo = i
		}
	}
	if !bytes.Contains(in.Text[lo:hi], []byte("END ")) {
		hi = min(len(in.Text), lo+MaxBlockForward)
	}
	return checkArmour(in.Text[lo:hi])
}

// checkPEMBase64 verifies base64 of a private key in armour.
func checkPEMBase64(in *Input) Result {
	data, ok := checkDecodeBase64(in.Secret)
	if !ok {
		return checkFailed("not base64")
	}
	if !bytes.Contains(data, []byte("PRIVATE KEY")) {
		return checkFailed("decodes to no private key")
	}
	return checkArmour(data)
}

// checkArmour judges the first private key in armour that text holds.
func checkArmour(text []byte) Result {
	b, ok := checkParseBlock(text)
	if !ok {
		return checkUnchecked("no line of BEGIN stands before it")
	}
	switch {
	case strings.Contains(b.label, "PUBLIC") || strings.HasSuffix(b.label, "CERTIFICATE"):
		return checkFailed("a public key")
	case b.dots, len(b.body) < 24, b.alien*10 > len(b.body), b.prose*2 > b.lines:
		return checkFailed("a placeholder in place of the key")
	case checkIsFlat(b.body):
		return checkFailed("masked")
	}
	switch {
	case strings.Contains(b.label, "OPENVPN"):
		return checkOpenVPN(b)
	case strings.Contains(b.label, "NKEY SEED"):
		return checkNATSSeed(b.body)
	}
	if proc := b.headers["proc-type"]; strings.Contains(strings.ToUpper(proc), "ENCRYPTED") {
		cipher, _, _ := strings.Cut(strings.ToUpper(b.headers["dek-info"]), ",")
		r := checkPassed("encrypted" + checkCipherName(cipher))
		r.Lower = LowerToLow
		return r
	}
	data, ok := checkBlockData(b)
	if !ok {
		return checkUnchecked("key does not parse")
	}
	switch {
	case strings.HasPrefix(b.label, "OPENSSH"):
		return checkOpenSSH(data)
	case strings.HasPrefix(b.label, "PGP"):
		return checkPGP(data, b)
	case strings.HasPrefix(b.label, "SSH2"):
		return checkSSH2(data)
	}
	return checkDER(data, b.label)
}

// checkCipherName returns the name of a cipher for a reason, if it is one that
// is in use: text of the file does not go into a reason.
func checkCipherName(cipher string) string {
	switch c := strings.ToLower(cipher); c {
	case "aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "des-cbc", "des-ede3-cbc", "aes256-cbc", "aes256-ctr", "aes192-ctr", "aes128-ctr",
		"aes192-cbc", "aes128-cbc", "3des-cbc", "aes256-gcm@openssh.com", "aes128-gcm@openssh.com", "chacha20-poly1305@openssh.com":
		return " with " + strings.TrimSuffix(c, "@openssh.com")
	}
	return ""
}

// checkParseBlock reads the first block that text holds.
func checkParseBlock(text []byte) (checkBlock, bool) {
	b := checkBlock{headers: map[string]string{}}
	label, rest, ok := checkCutLabel(text)
	// Parameters of the curve or a certificate may stand before the key.
	for l, r, more := label, rest, ok; more; l, r, more = checkCutLabel(r) {
		if strings.Contains(l, "PRIVATE") || strings.Contains(l, "SEED") || strings.Contains(l, "STATIC KEY") {
			label, rest = l, r
			break
		}
	}
	if !ok {
		return b, false
	}
	b.label, text = label, rest
	if end := checkEndOfBlock(text); end >= 0 {
		text, b.ended = text[:end], true
	}
	checkReadBody(&b, checkUnescapeLines(text))
	return b, true
}

// checkCutLabel finds the next line of BEGIN, and returns what it names, in
// upper case, and the text after it.
func checkCutLabel(text []byte) (label string, rest []byte, ok bool) {
	i := bytes.Index(text, []byte("BEGIN "))
	if i < 0 {
		return "", nil, false
	}
	text = text[i+len("BEGIN "):]
	dashes := bytes.IndexByte(text[:min(len(text), 80)], '-')
	if dashes < 0 {
		return "", nil, false
	}
	return strings.ToUpper(strings.TrimSpace(string(text[:dashes]))), bytes.TrimLeft(text[dashes:], "-"), true
}

// checkEndOfBlock returns where the line of END begins, -1 without one.
func checkEndOfBlock(text []byte) int {
	for _, mark := range [...]string{"-END ", "- END "} {
		if i := bytes.Index(text, []byte(mark)); i >= 0 {
			return len(bytes.TrimRight(text[:i+1], "- "))
		}
	}
	return -1
}

// checkUnescapeLines turns the ways to write a line break into one.
func checkUnescapeLines(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		n := checkLineBreak(text[i:])
		if n == 0 {
			out = append(out, text[i])
			i++
			continue
		}
		out = append(out, '\n')
		i += n
	}
	return out
}

// checkLineBreak returns the length of the written line break that s begins
// with, 0 if it begins with none.
func checkLineBreak(s []byte) int {
	switch s[0] {
	case '\\':
		n := 1
		for n < len(s) && n < 8 && s[n] == '\\' {
			n++ // escaped more than once
		}
		switch {
		case n < len(s) && (s[n] == 'n' || s[n] == 'r' || s[n] == 't'):
			return n + 1
		case n+4 < len(s) && s[n] == 'u' && checkIsNewlineHex(s[n+1:n+5]):
			return n + 5
		case n+2 < len(s) && s[n] == 'x' && checkIsNewlineHex(s[n+1:n+3]):
			return n + 3
		case n+2 < len(s) && checkIsDigit(s[n]) && (bytes.HasPrefix(s[n:], []byte("012")) || bytes.HasPrefix(s[n:], []byte("015"))):
			return n + 3
		}
	case '%':
		if len(s) >= 3 && checkIsNewlineHex(s[1:3]) {
			return 3
		}
	case '&':
		for _, e := range [...]string{"&#10;", "&#13;", "&#xA;", "&#xD;", "&#xa;", "&#xd;"} {
			if bytes.HasPrefix(s, []byte(e)) {
				return len(e)
			}
		}
	case '<':
		for _, e := range [...]string{"<br>", "<br/>", "<br />", "<BR>"} {
			if bytes.HasPrefix(s, []byte(e)) {
				return len(e)
			}
		}
	}
	return 0
}

func checkIsNewlineHex(s []byte) bool {
	for _, c := range s[:len(s)-1] {
		if c != '0' {
			return false
		}
	}
	c := s[len(s)-1] | 0x20
	return c == 'a' || c == 'd'
}

// checkReadBody splits the lines of a block into headers and body.
func checkReadBody(b *checkBlock, text []byte) {
	for line := range bytes.SplitSeq(text, []byte("\n")) {
		line = checkBareLine(line)
		if key, value, ok := bytes.Cut(line, []byte(":")); ok && len(b.body) == 0 && checkIsHeaderName(key) {
			b.headers[strings.ToLower(string(key))] = strings.TrimSpace(string(value))
			// One line holds all: the body follows the last blank.
			if i := bytes.LastIndexByte(value, ' '); i > 0 && len(value)-i > 64 {
				line = value[i+1:]
			} else {
				continue
			}
		}
		if len(line) == 0 {
			continue
		}
		b.lines++
		if n := len(bytes.Fields(line)); n >= 3 && len(line)/n < 16 {
			b.prose++
		}
		if bytes.Contains(line, []byte("..")) || bytes.Contains(line, []byte("…")) {
			b.dots = true
		}
		for _, c := range line {
			switch {
			case checkIsBase64(c):
				b.body = append(b.body, c)
			case c == ' ' || c == '\t' || c == '\r' || c == '"' || c == '\'' || c == ',' || c == '\\':
			default:
				b.alien++
			}
		}
	}
}

func checkIsHeaderName(s []byte) bool {
	return len(s) < 32 && checkAll(s, func(c byte) bool { return checkIsLetter(c) || checkIsDigit(c) || c == '-' }) && checkIsLetter(s[0])
}

// checkBareLine cuts what a line of a block is wrapped in: indentation,
// comment signs, quotes and the operators that join strings. A leading "/" or
// "+" of base64 stays, as comment signs come with a blank or twice.
func checkBareLine(line []byte) []byte {
	line = bytes.TrimSpace(line)
	for range 4 {
		n := len(line)
		for _, p := range [...]string{"//", "#", "*", ";", ">", "|", "--", "- ", "+ ", "\"", "'", "`", ". "} {
			if rest, ok := bytes.CutPrefix(line, []byte(p)); ok && (p != "//" || len(rest) == 0 || rest[0] == ' ' || len(rest)%4 == 0) {
				line = bytes.TrimLeft(rest, " \t")
				break
			}
		}
		if len(line) == n {
			break
		}
	}
	if i := bytes.LastIndexAny(line, "\"'"); i >= 0 && len(line)-i <= 8 && checkAll(line[i:], func(c byte) bool { return strings.IndexByte("\"'+.,;&\\ )", c) >= 0 }) {
		line = line[:i]
	}
	line = bytes.TrimRight(line, " \t\\|`,;")
	if len(line) <= 2 && checkAll(line, func(c byte) bool { return strings.IndexByte("+.&'\"()", c) >= 0 }) {
		return nil // an operator whose string was cut at the escape in it
	}
	return line
}

// checkBlockData decodes the body; a checksum of OpenPGP at its end is cut off.
func checkBlockData(b checkBlock) ([]byte, bool) {
	body := b.body
	if len(body) > 5 && body[len(body)-5] == '=' && strings.HasPrefix(b.label, "PGP") {
		body = body[:len(body)-5]
	}
	body = bytes.TrimRight(body, "=")
	// Of a body cut off in mid-group the rest still tells its kind.
	if len(body)%4 == 1 {
		body = body[:len(body)-1]
	}
	data := make([]byte, base64.RawStdEncoding.DecodedLen(len(body)))
	n, err := base64.RawStdEncoding.Decode(data, body)
	return data[:n], err == nil && n > 0
}

// checkOpenVPN verifies a static key: 256 bytes in hex.
func checkOpenVPN(b checkBlock) Result {
	n, err := hex.DecodedLen(len(b.body)), error(nil)
	if len(b.body)%2 == 0 {
		_, err = hex.DecodeString(string(b.body))
	}
	switch {
	case err != nil || n < 128:
		return checkUnchecked("key does not parse")
	case n != 256:
		return checkUnchecked("key of an unusual length")
	}
	return checkPassed("key parses: 2048 bits of hex")
}

// checkNATSSeed judges the seed in the body of a block, where text may follow.
func checkNATSSeed(body []byte) Result {
	if len(body) < 58 {
		return checkUnchecked("key does not parse")
	}
	return checkSeed(body[:58])
}
