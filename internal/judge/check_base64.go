package judge

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"strings"
)

// checkDecodeBase64 decodes base64 of either alphabet, padded or not, with
// line breaks, blanks and percent-encoded padding. ok is false if s holds
// anything else. Bits that the last character has too many are let pass.
func checkDecodeBase64(s []byte) (data []byte, ok bool) {
	clean := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '-':
			clean = append(clean, '+')
		case c == '_':
			clean = append(clean, '/')
		case c == '=':
			if rest := bytes.TrimLeft(s[i:], "= \t\r\n"); len(rest) > 0 {
				return nil, false
			}
			i = len(s)
		case c == '%' && i+2 < len(s) && s[i+1] == '3' && s[i+2]|0x20 == 'd':
			i += 2
			if rest := bytes.ReplaceAll(bytes.ToUpper(s[i+1:]), []byte("%3D"), nil); len(rest) > 0 {
				return nil, false
			}
			i = len(s)
		case checkIsBase64(c):
			clean = append(clean, c)
		case c == '\n' || c == '\r' || c == ' ' || c == '\t':
		default:
			return nil, false
		}
	}
	if len(clean) == 0 || len(clean)%4 == 1 {
		return nil, false
	}
	data = make([]byte, base64.RawStdEncoding.DecodedLen(len(clean)))
	n, err := base64.RawStdEncoding.Decode(data, clean)
	return data[:n], err == nil
}

// checkPayload returns the credential without what the arguments skip= and
// until= cut off: a prefix, the first of them that fits, and all from the last
// occurrence of a separator.
func checkPayload(in *Input) []byte {
	s := in.Secret
	for _, p := range checkArgs(in, "skip") {
		if rest, ok := bytes.CutPrefix(s, []byte(p)); ok {
			s = rest
			break
		}
	}
	if sep, ok := checkArg(in, "until"); ok && sep != "" {
		if i := bytes.LastIndex(s, []byte(sep)); i >= 0 {
			s = s[:i]
		}
	}
	return s
}

// checkBase64JSON verifies that the payload is the base64 of a JSON object
// which has the keys named by has=. Arguments: skip, until, has.
func checkBase64JSON(in *Input) Result {
	data, ok := checkDecodeBase64(checkPayload(in))
	if !ok {
		return checkFailed("not base64")
	}
	obj, ok := checkObject(data)
	if !ok {
		return checkFailed("holds no JSON object")
	}
	for _, key := range checkArgs(in, "has") {
		if _, ok := obj[key]; !ok {
			return checkFailed("lacks a field of the format")
		}
	}
	r := checkPassed("holds the JSON object of the format")
	// Fields that name the owner in the formats known to be of this kind.
	for _, f := range [...][2]string{{"email", "email"}, {"org", "organization"}, {"region_url", "url"}, {"iss", "issuer"}, {"u", "user"}, {"o", "organization"}, {"n", "name"}} {
		if v, ok := obj[f[0]].(string); ok && len(v) <= 64 {
			r.identify(f[1], v)
		}
	}
	return r
}

// checkBase64Prefix verifies that the payload is base64 whose text starts with
// lead=. Arguments: skip, until, lead.
func checkBase64Prefix(in *Input) Result {
	s := checkPayload(in)
	data, ok := checkDecodeBase64(s)
	if !ok && len(s)%4 == 1 {
		data, ok = checkDecodeBase64(s[:len(s)-1])
	}
	if !ok {
		return checkFailed("not base64")
	}
	leads := checkArgs(in, "lead")
	for _, lead := range leads {
		if bytes.HasPrefix(data, []byte(lead)) {
			return checkPassed("decodes to the text of the format")
		}
	}
	return checkFailed("decodes to other text")
}

// checkBase64Len verifies that the payload is base64 of a number of bytes that
// bytes= allows: a list of numbers and ranges such as 16,24-32. Arguments:
// skip, until, bytes.
func checkBase64Len(in *Input) Result {
	data, ok := checkDecodeBase64(checkPayload(in))
	if !ok {
		return checkFailed("not base64")
	}
	want, _ := checkArg(in, "bytes")
	for part := range strings.SplitSeq(want, ",") {
		from, to, isRange := strings.Cut(part, "-")
		if !isRange {
			to = from
		}
		lo, err1 := strconv.Atoi(from)
		hi, err2 := strconv.Atoi(to)
		if err1 == nil && err2 == nil && lo <= len(data) && len(data) <= hi {
			if checkIsFlat(data) {
				return checkFailed("masked")
			}
			if checkIsPrintable(data) {
				// A key is random bytes: what decodes to words was made up.
				if ok, why := Plausible(data); !ok {
					return checkFailed("decodes to text that is " + why)
				}
			}
			return checkUnchecked("base64 of " + strconv.Itoa(len(data)) + " bytes")
		}
	}
	return checkFailed("decodes to another length")
}

// checkBase64Text verifies base64 of a password that is stored so.
func checkBase64Text(in *Input) Result {
	s := checkTrimValue(in.Secret)
	if ok, why := Plausible(s); !ok {
		return checkFailed("value is " + why)
	}
	data, ok := checkDecodeBase64(s)
	if !ok {
		return checkFailed("not base64")
	}
	if !checkIsPrintable(data) {
		return checkFailed("decodes to no text")
	}
	if r, bad := checkJudgePassword(in, data); bad {
		return r
	}
	return checkUnchecked("decodes to a plausible password")
}

// checkIsFlat reports whether data repeats one to three bytes throughout, as
// the base64 of a mask such as xxxx does.
func checkIsFlat(data []byte) bool {
	for period := 1; period <= 3; period++ {
		if len(data) < 2*period+1 {
			continue
		}
		flat := true
		for i := period; i < len(data) && flat; i++ {
			flat = data[i] == data[i-period]
		}
		if flat {
			return true
		}
	}
	return false
}
