package judge

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
)

// checkCryptName names the scheme of a hash as crypt(3) writes it; ok is false
// if its length or alphabet is wrong.
func checkCryptName(s string) (name string, ok bool) {
	parts := strings.Split(s, "$")
	if len(parts) < 4 || parts[0] != "" {
		return "", false
	}
	last := parts[len(parts)-1]
	crypt := func(s string) bool {
		return checkAll(s, func(c byte) bool { return checkIsLetter(c) || checkIsDigit(c) || c == '.' || c == '/' })
	}
	switch id := parts[1]; id {
	case "2", "2a", "2b", "2x", "2y":
		cost, err := strconv.Atoi(parts[2])
		return "bcrypt", err == nil && cost >= 4 && cost <= 31 && len(parts[2]) == 2 && len(parts) == 4 && len(last) == 53 && crypt(last)
	case "1", "apr1":
		return "md5", len(parts) == 4 && len(parts[2]) >= 1 && len(parts[2]) <= 8 && len(last) == 22 && crypt(last)
	case "5":
		return "sha256", len(last) == 43 && crypt(last)
	case "6":
		return "sha512", len(last) == 86 && crypt(last)
	case "y", "gy", "7":
		return "yescrypt", len(last) == 43 && crypt(last)
	case "8":
		return "pbkdf2", len(last) == 43 && crypt(last)
	case "9":
		return "scrypt", len(last) == 43 && crypt(last)
	case "argon2i", "argon2d", "argon2id":
		raw, ok := checkDecodeBase64([]byte(last))
		return id, ok && len(raw) >= 16 && strings.Contains(s, "m=") && strings.Contains(s, "t=") && strings.Contains(s, "p=")
	}
	return "", false
}

// checkCryptHash verifies the form of a password hash.
func checkCryptHash(in *Input) Result { return checkHash(string(in.Secret)) }

func checkHash(s string) Result {
	name, ok := checkCryptName(s)
	if !ok {
		return checkFailed("not the form of its scheme")
	}
	if last := s[strings.LastIndexByte(s, '$')+1:]; checkIsMask(last) || checkIsFlat([]byte(last)) {
		return checkFailed("masked")
	}
	return checkUnchecked("hash of the scheme " + name)
}

// checkHtpasswd verifies a line or hash of a password file of a web server.
func checkHtpasswd(in *Input) Result {
	s := string(in.Secret)
	user := ""
	if i := strings.IndexByte(s, ':'); i >= 0 {
		user, s = s[:i], strings.TrimSpace(s[i+1:])
	}
	var r Result
	switch {
	case strings.HasPrefix(s, "$"):
		r = checkHash(s)
	case strings.HasPrefix(s, "{SHA}"), strings.HasPrefix(s, "{SSHA}"):
		data, ok := checkDecodeBase64([]byte(s[strings.IndexByte(s, '}')+1:]))
		if !ok || len(data) < 20 {
			return checkFailed("not the form of its scheme")
		}
		r = checkUnchecked("hash of the scheme sha1")
	case len(s) == 13 && checkAll(s, func(c byte) bool { return checkIsLetter(c) || checkIsDigit(c) || c == '.' || c == '/' }):
		r = checkUnchecked("hash of the scheme des")
	default:
		return checkFailed("not the form of its scheme")
	}
	if r.Verdict != Failed && checkAll(user, checkIsHostByte) {
		r.identify("user", user)
	}
	return r
}

// checkCisco verifies a secret of a Cisco configuration by the type that
// stands before it: 5, 8 and 9 are hashes, 7 can be reversed, 0 is plain.
func checkCisco(in *Input) Result {
	s := string(checkTrimValue(in.Secret))
	kind := byte(0)
	if f := bytes.Fields(in.Text[max(0, in.Start-16):in.Start]); len(f) > 0 && len(f[len(f)-1]) == 1 {
		kind = f[len(f)-1][0]
	}
	if len(s) > 2 && s[1] == ' ' && checkIsDigit(s[0]) {
		kind, s = s[0], s[2:]
	}
	switch {
	case s == "":
		return checkFailed("empty")
	case kind == '6':
		return checkHarmless("encrypted")
	case strings.HasPrefix(s, "$"):
		return checkHash(s)
	case kind == '7':
		return checkCiscoReversible(s)
	case kind == '5' || kind == '8' || kind == '9':
		return checkFailed("not the form of its scheme")
	}
	return checkPassword(&Input{Secret: []byte(s), Args: in.Args})
}

// checkCiscoReversible undoes type 7: two digits give the offset into a fixed
// key, the rest is hex.
func checkCiscoReversible(s string) Result {
	data, err := hex.DecodeString(s[min(2, len(s)):])
	if err != nil || len(data) == 0 {
		return checkFailed("not the form of its scheme")
	}
	offset, err := strconv.Atoi(s[:2])
	if err != nil || offset > 52 {
		return checkFailed("not the form of its scheme")
	}
	key := [...]byte{
		0x64, 0x73, 0x66, 0x64, 0x3b, 0x6b, 0x66, 0x6f, 0x41, 0x2c, 0x2e, 0x69, 0x79, 0x65, 0x77, 0x72, 0x6b, 0x6c,
		0x64, 0x4a, 0x4b, 0x44, 0x48, 0x53, 0x55, 0x42, 0x73, 0x67, 0x76, 0x63, 0x61, 0x36, 0x39, 0x38, 0x33, 0x34,
		0x6e, 0x63, 0x78, 0x76, 0x39, 0x38, 0x37, 0x33, 0x32, 0x35, 0x34, 0x6b, 0x3b, 0x66, 0x67, 0x38, 0x37,
	}
	for i := range data {
		data[i] ^= key[(offset+i)%len(key)]
	}
	if !checkIsPrintable(data) {
		return checkFailed("decodes to no text")
	}
	if ok, why := Plausible(data); !ok && why != "a placeholder" {
		return checkFailed("password is " + why)
	}
	if len(data) < 4 {
		return checkUnchecked("can be reversed")
	}
	return checkPassed("can be reversed")
}

// rclonePublished is what rclone obscures passwords with. It is a part of every
// copy of that program, and so protects nothing.
//
//go:embed rclone.bin
var rclonePublished string

// checkRclone undoes the obscuring of rclone: base64 of a vector and the
// password in AES-CTR under a key that is part of the program.
func checkRclone(in *Input) Result {
	if ok, why := Plausible(in.Secret); !ok {
		return checkFailed("password is " + why)
	}
	data, err := base64.RawURLEncoding.DecodeString(string(in.Secret))
	if err != nil || len(data) <= aes.BlockSize {
		return checkFailed(checkReasonNoForm)
	}
	block, err := aes.NewCipher([]byte(rclonePublished))
	if err != nil {
		return checkUnchecked("")
	}
	plain := make([]byte, len(data)-aes.BlockSize)
	cipher.NewCTR(block, data[:aes.BlockSize]).XORKeyStream(plain, data[aes.BlockSize:])
	if !checkIsPrintable(plain) {
		return checkFailed("decodes to no text")
	}
	if len(plain) < 4 {
		return checkUnchecked("can be reversed")
	}
	return checkPassed("can be reversed")
}
