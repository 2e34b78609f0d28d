package judge

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"strconv"
	"strings"
)

const checkBase62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

const (
	checkReasonSum    = "checksum valid"
	checkReasonNoSum  = "checksum wrong"
	checkReasonNoForm = "not of this form"
)

// checkCRC32Base62 verifies the last six characters of a GitHub or npm token:
// the CRC-32 of what stands between the marker and them, in base 62 with
// leading zeros.
func checkCRC32Base62(in *Input) Result {
	s := in.Secret
	i := bytes.LastIndexByte(s, '_')
	body := s[i+1:]
	if len(body) <= 6 {
		return checkFailed(checkReasonNoForm)
	}
	n := len(s) - 6
	if checkSumBase62(s[i+1:n], s[n:]) {
		return checkPassed(checkReasonSum)
	}
	if !bytes.HasPrefix(s, []byte("github_pat_")) {
		return checkFailed(checkReasonNoSum)
	}
	// What the sum of a fine-grained token covers is not published: either
	// part of its body, both with or without the underscore, or all of it.
	rest := s[len("github_pat_"):n]
	for _, span := range [...][]byte{rest, s[:n], bytes.ReplaceAll(rest, []byte("_"), nil)} {
		if checkSumBase62(span, s[n:]) {
			return checkPassed(checkReasonSum)
		}
	}
	return checkUnchecked("checksum of a scope that is not published")
}

func checkSumBase62(body, sum []byte) bool {
	c := crc32.ChecksumIEEE(body)
	var want [6]byte
	for i := len(want) - 1; i >= 0; i-- {
		want[i] = checkBase62[c%62]
		c /= 62
	}
	return bytes.Equal(want[:], sum)
}

// checkGitLabRoutable verifies a routable token of GitLab: a payload in
// base64url, an optional version, and a tail of the payload's length (two
// digits in base 36) and a CRC-32 (seven).
func checkGitLabRoutable(in *Input) Result {
	s := string(in.Secret)
	dot := strings.LastIndexByte(s, '.')
	if dot < 0 || len(s)-dot-1 != 9 {
		return checkFailed(checkReasonNoForm)
	}
	head, tail := s[:dot], s[dot+1:]
	version := ""
	if i := strings.LastIndexByte(head, '.'); i >= 0 && len(head)-i-1 <= 2 {
		head, version = head[:i], head[i:]
	}
	// The payload may hold dashes and underscores as the prefix does: its
	// length tells where it begins.
	want, err := strconv.ParseUint(tail[:2], 36, 32)
	if err != nil || int(want) > len(head) {
		return checkFailed("length in the tail wrong")
	}
	prefix, payload := head[:len(head)-int(want)], head[len(head)-int(want):]
	if prefix != "" && !strings.HasSuffix(prefix, "-") && !strings.HasSuffix(prefix, "_") {
		return checkFailed("length in the tail wrong")
	}
	sum, err := strconv.ParseUint(tail[2:], 36, 64)
	if err != nil {
		return checkFailed(checkReasonNoForm)
	}
	r := checkUnchecked("length in the tail valid")
	size := tail[:2]
	for _, span := range [...]string{
		head + version + "." + size, payload + version + "." + size, head + version, payload + version,
		head + "." + size, head + size, payload + size, head, payload,
	} {
		if uint64(crc32.ChecksumIEEE([]byte(span))) == sum {
			r = checkPassed(checkReasonSum)
			break
		}
	}
	checkGitLabPayload(&r, payload)
	return r
}

// checkGitLabPayload adds the ids of a payload: lines of one letter, a colon
// and a number in base 36. Random bytes follow them.
func checkGitLabPayload(r *Result, payload string) {
	data, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		return
	}
	for line := range strings.SplitSeq(string(data), "\n") {
		key, value, ok := strings.Cut(line, ":")
		n, err := strconv.ParseUint(value, 36, 63)
		if !ok || err != nil || len(value) > 8 {
			return
		}
		name, ok := map[string]string{"c": "cell", "o": "organization", "u": "user", "p": "project", "g": "group", "t": "topology"}[key]
		if !ok {
			return
		}
		r.identify(name, strconv.FormatUint(n, 10))
	}
}

// checkGrafana verifies glsa_ tokens: the last eight hex digits are a CRC-32
// of what stands before, with or without the marker, in either byte order.
func checkGrafana(in *Input) Result {
	s := in.Secret
	i := bytes.LastIndexByte(s, '_')
	if i < 0 || len(s)-i-1 != 8 {
		return checkFailed(checkReasonNoForm)
	}
	body := s[:i]
	bare := bytes.TrimPrefix(body, []byte("glsa_"))
	return checkSumHex(s[i+1:], body, bare, s[:i+1])
}

// checkAtlassian verifies the tokens of Atlassian: the last eight hex digits
// are a CRC-32 of what stands before them or before the "=" that leads them.
func checkAtlassian(in *Input) Result {
	s := in.Secret
	n := len(s) - 8
	if n <= 4 {
		return checkFailed(checkReasonNoForm)
	}
	body := s[:n]
	bare := bytes.TrimSuffix(body, []byte("="))
	spans := [][]byte{body, bare}
	for _, marker := range [...]string{"ATATT3xFfGF0", "ATATT3xFfG", "ATATT3", "ATATT", "ATCTT3xFfG", "ATCTT3", "ATCTT", "ATBB"} {
		if rest, ok := bytes.CutPrefix(bare, []byte(marker)); ok {
			spans = append(spans, rest)
		}
	}
	return checkSumHex(s[n:], spans...)
}

// checkSumHex reports whether sum, eight hex digits, is the CRC-32 of any of
// the spans.
func checkSumHex(sum []byte, spans ...[]byte) Result {
	raw, err := hex.DecodeString(string(sum))
	if err != nil {
		return checkFailed(checkReasonNoForm)
	}
	for _, span := range spans {
		c := crc32.ChecksumIEEE(span)
		if binary.BigEndian.Uint32(raw) == c || binary.LittleEndian.Uint32(raw) == c {
			return checkPassed(checkReasonSum)
		}
	}
	return checkFailed(checkReasonNoSum)
}

// checkNuGetKey verifies the positions that are fixed in a NuGet key, which
// is the base32 of a versioned record.
func checkNuGetKey(in *Input) Result {
	s := in.Secret
	if len(s) != 46 || !bytes.HasPrefix(s, []byte("oy2")) {
		return checkFailed(checkReasonNoForm)
	}
	for _, p := range [...]struct {
		at  int // 1-based
		set string
	}{{4, "abcdefghijklmnop"}, {20, "aq"}, {32, "eu"}, {33, "bdfhjlnprtvxz357"}, {34, "abcdefghijklmnop"}, {46, "aeimquy4"}} {
		if strings.IndexByte(p.set, s[p.at-1]) < 0 {
			return checkFailed("fixed positions wrong")
		}
	}
	return checkUnchecked("fixed positions valid")
}
