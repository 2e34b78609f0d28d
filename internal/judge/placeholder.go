package judge

import (
	"crypto/sha256"
	"encoding/binary"
)

// Placeholder reports whether value is written to be replaced, or to show a
// form, rather than to open anything. It errs on the side of false: a weak
// password is no placeholder.
func Placeholder(value []byte) bool { return PlaceholderReason(value) != "" }

// PlaceholderReason says why value is a placeholder, "" if it is none.
func PlaceholderReason(value []byte) string {
	v := trimPunctuation(value)
	switch {
	case len(v) == 0:
		return "empty"
	case filler(v):
		return "one or two characters repeated"
	case lookup(v):
		return "names where the value is to be found"
	case masked(v):
		return "masked or elided"
	case known(v):
		return "a well-known test vector"
	case sequential(v):
		return "a sequence of successive characters"
	case periodic(v):
		return "a short part repeated"
	case instructive(v):
		return "tells the reader what to put there"
	}
	return ""
}

func trimPunctuation(v []byte) []byte {
	for len(v) > 0 && (isQuote(v[0]) || isSpace(v[0])) {
		v = v[1:]
	}
	for len(v) > 0 && (isQuote(v[len(v)-1]) || isSpace(v[len(v)-1])) {
		v = v[:len(v)-1]
	}
	return v
}

// masked reports whether v hides or leaves out a part: ****, xxxx, …, ....
func masked(v []byte) bool {
	run, stars, dots := 1, 0, 0
	for i, c := range v {
		if i > 0 && lower(c) == lower(v[i-1]) {
			run++
		} else {
			run = 1
		}
		switch {
		case c == '*' || c == 0xe2 && i+2 < len(v) && v[i+1] == 0x80 && v[i+2] == 0xa2:
			stars++
		case c == '.':
			dots++
		case c == 0xe2 && i+2 < len(v) && v[i+1] == 0x80 && v[i+2] == 0xa6:
			return true
		}
		if run >= 5 && (lower(c) == 'x' || c == '*' || c == '#' || c == '?' || c == '_') || run >= 8 {
			return true
		}
		if c == '.' && run >= 3 {
			return true
		}
	}
	return stars*2 >= len(v)
}

// sequential reports whether most of v runs up or down the alphabet, the
// digits or the keyboard.
func sequential(v []byte) bool {
	if len(v) < 6 {
		return false
	}
	covered, run := 0, 1
	step := 0
	for i := 1; i <= len(v); i++ {
		d := 99
		if i < len(v) && isAlnum(v[i]) && isAlnum(v[i-1]) {
			d = int(lower(v[i])) - int(lower(v[i-1]))
			switch { // the alphabets go round: 9 to 0, f to 0, z to a
			case v[i] == '0' && (v[i-1] == '9' || lower(v[i-1]) == 'f'), lower(v[i]) == 'a' && (v[i-1] == '9' || lower(v[i-1]) == 'z'):
				d = 1
			}
		}
		if (d == 1 || d == -1) && (run == 1 || d == step) {
			run++
			step = d
			continue
		}
		if run >= 4 {
			covered += run
		}
		run, step = 1, 0
	}
	return covered*10 >= len(v)*9 || staircase(v)
}

// staircase reports whether most characters repeat or follow the one before:
// 00001111-2222-3333.
func staircase(v []byte) bool {
	pairs, steps := 0, 0
	for i := 1; i < len(v); i++ {
		if !isAlnum(v[i]) || !isAlnum(v[i-1]) {
			continue
		}
		pairs++
		if d := int(lower(v[i])) - int(lower(v[i-1])); d >= -1 && d <= 1 {
			steps++
		}
	}
	return pairs >= 12 && steps*4 >= pairs*3
}

// periodic reports whether v is a part of at most eight bytes repeated thrice or more.
func periodic(v []byte) bool {
	for n := 1; n <= 8 && n*3 <= len(v); n++ {
		if len(v) < 8 {
			return false
		}
		same := true
		for i := n; i < len(v) && same; i++ {
			same = v[i] == v[i-n]
		}
		if same {
			return true
		}
	}
	return false
}

// instructive reports whether v says that it is to be replaced: your-key-here,
// changeme, INSERT_TOKEN, example.
func instructive(v []byte) bool {
	if len(v) > 80 {
		return false
	}
	words, told, letters, neutral := 0, 0, 0, 0
	var buf [24]byte
	n := 0
	for i := 0; i <= len(v); i++ {
		if i < len(v) && isLetter(v[i]) && !(isUpper(v[i]) && n > 0 && isLower(v[i-1])) {
			letters++
			if n < len(buf) {
				buf[n] = lower(v[i])
				n++
			}
			continue
		}
		if n > 0 {
			words++
			switch string(buf[:n]) {
			case "your", "example", "changeme", "changeit", "placeholder", "replaceme", "dummy", "insert", "replace", "todo", "redacted", "fixme", "yourkey", "yourtoken", "yoursecret", "yourpassword", "yourapikey":
				told++
			case "key", "token", "secret", "password", "api", "here", "my", "the", "a", "with", "me", "access", "id", "client", "value", "change", "this", "to", "in", "production", "enter", "put", "add", "set", "use", "auth", "private", "public", "app", "some", "test", "for", "please", "goes", "own", "and", "of", "string", "s", "account", "service", "only", "not", "real":
				neutral++
			}
			n = 0
		}
		if i < len(v) && isLetter(v[i]) {
			letters++
			buf[0], n = lower(v[i]), 1
		}
	}
	if letters*4 < len(v)*3 || words == 0 {
		return false
	}
	return told > 0 && words <= 8 || words >= 3 && neutral == words
}

// encodedPlaceholder reports whether v is base64 of a text made of
// placeholders' words only, such as the user:password of a basic
// authentication header.
func encodedPlaceholder(v []byte) bool {
	if len(v) < 6 || len(v) > 64 {
		return false
	}
	var out [48]byte
	n, acc, bits := 0, uint32(0), 0
	for i, c := range v {
		d := sextet(c)
		if d < 0 {
			if c == '=' && i >= len(v)-2 {
				break
			}
			return false
		}
		acc, bits = acc<<6|uint32(d), bits+6
		if bits >= 8 {
			bits -= 8
			out[n] = byte(acc >> bits)
			n++
		}
	}
	words := 0
	for i := 0; i < n; {
		if !isLetter(out[i]) {
			if out[i] < ' ' && out[i] != '\n' && out[i] != '\r' || out[i] >= 0x7f {
				return false
			}
			i++
			continue
		}
		j := i
		for j < n && isLetter(out[j]) {
			out[j] = lower(out[j])
			j++
		}
		if !placeholderWord(out[i:j]) {
			return false
		}
		words++
		i = j
	}
	return words > 0
}

// known reports whether v is a value that documentation and test suites print
// for everyone. They are held as hashes: the values themselves would be found
// by every scanner, this one included.
func known(v []byte) bool {
	if len(v) < 8 || len(v) > 128 {
		return false
	}
	if inVectors(v) {
		return true
	}
	var buf [128]byte // numbers are printed in either case and in groups
	n := 0
	for _, c := range v {
		if isHex(c) {
			buf[n] = lower(c)
			n++
		} else if c != ' ' && c != ':' {
			return false
		}
	}
	return n >= 16 && inVectors(buf[:n])
}

func inVectors(v []byte) bool {
	sum := sha256.Sum256(v)
	h := binary.BigEndian.Uint64(sum[:8])
	for _, k := range knownVectors {
		if h == k {
			return true
		}
	}
	return false
}

// knownVectors are the first eight bytes of SHA-256 of values printed in vendors' manuals,
// RFCs and standards: signature and OAuth examples, AES and hash vectors.
var knownVectors = [...]uint64{
	0x1a5d44a2dca19669,
	0x78314b11be2e5815,
	0xc6ea27c534f993d3,
	0xe21b597ba6b9cafa,
	0x7f75367e78812551,
	0xda816f9f2c16e6c5,
	0x13d31e961a1ad8ec,
	0x150255c3f75a2327,
	0x2ef2503d964e9668,
	0xd65df89f702eec58,
	0xcf4d418ed3de92d7,
	0x73f71af093fdf154,
	0xad71fb4165536675,
	0xe9974c507d2a8021,
	0x53f5da0aaa93d64c,
	0xca7459e2b26776de,
	0x6c96130f130ab0d6,
	0x00cf4c781dc37003,
	0xa35b81a7d7927b70,
	0x1548fd2e8786817d,
	0xff15c7fdd7faff1f,
	0xf215faf9d88b7f0a,
	0xcd372fb85148700f,
	0x07e23ede2756aa3f,
	0x15cef4b629cc2d07,
	0x8be5d113c0871ce1,
	0x837e8e636d452b61,
	0x3f2cd8e57b096fe7,
	0xcb87c87e4a138d9a,
	0x649e1f5c769e718b,
	0x293257ab6495ebb1,
	0x4c20e6f5cc11b937,
	0xbb9b1163338b2a51,
	0xad62d48d8b069026,
}
