package judge

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"encoding/base32"
	"encoding/binary"
	"strconv"
	"strings"
)

const checkBech32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// checkAge verifies the bech32 checksum of an age identity and adds the
// recipient that belongs to it.
func checkAge(in *Input) Result {
	s := string(in.Secret)
	if s != strings.ToUpper(s) {
		return checkFailed(checkReasonNoForm)
	}
	hrp, data, ok := checkDecodeBech32(strings.ToLower(s))
	if !ok {
		if checkIsMask(strings.TrimPrefix(s, "AGE-SECRET-KEY-1")) {
			return checkFailed("masked")
		}
		return checkFailed(checkReasonNoSum)
	}
	r := checkPassed(checkReasonSum)
	if hrp == "age-secret-key-" && len(data) == 32 {
		if key, err := ecdh.X25519().NewPrivateKey(data); err == nil {
			r.identify("public-key", checkEncodeBech32("age", key.PublicKey().Bytes()))
		}
	}
	return r
}

// checkDecodeBech32 reads a bech32 string in lower case, of any length.
func checkDecodeBech32(s string) (hrp string, data []byte, ok bool) {
	i := strings.LastIndexByte(s, '1')
	if i < 1 || len(s)-i-1 < 6 {
		return "", nil, false
	}
	hrp = s[:i]
	values := make([]byte, 0, len(s))
	for j := i + 1; j < len(s); j++ {
		v := strings.IndexByte(checkBech32, s[j])
		if v < 0 {
			return "", nil, false
		}
		values = append(values, byte(v))
	}
	if checkPolymod(append(checkExpandHRP(hrp), values...)) != 1 {
		return "", nil, false
	}
	return hrp, checkRegroup(values[:len(values)-6], 5, 8, false), true
}

func checkEncodeBech32(hrp string, data []byte) string {
	values := checkRegroup(data, 8, 5, true)
	sum := checkPolymod(append(append(checkExpandHRP(hrp), values...), make([]byte, 6)...)) ^ 1
	for i := range 6 {
		values = append(values, byte(sum>>(5*(5-i))&31))
	}
	out := []byte(hrp + "1")
	for _, v := range values {
		out = append(out, checkBech32[v])
	}
	return string(out)
}

func checkExpandHRP(hrp string) []byte {
	out := make([]byte, 0, 2*len(hrp)+1)
	for i := range len(hrp) {
		out = append(out, hrp[i]>>5)
	}
	out = append(out, 0)
	for i := range len(hrp) {
		out = append(out, hrp[i]&31)
	}
	return out
}

func checkPolymod(values []byte) uint32 {
	c := uint32(1)
	for _, v := range values {
		top := c >> 25
		c = c&0x1ffffff<<5 ^ uint32(v)
		for i, g := range [...]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				c ^= g
			}
		}
	}
	return c
}

// checkRegroup turns groups of one number of bits into groups of another.
func checkRegroup(in []byte, from, to uint, pad bool) []byte {
	var out []byte
	acc, bits := uint32(0), uint(0)
	for _, v := range in {
		acc = acc<<from | uint32(v)
		bits += from
		for bits >= to {
			bits -= to
			out = append(out, byte(acc>>bits&(1<<to-1)))
		}
	}
	if pad && bits > 0 {
		out = append(out, byte(acc<<(to-bits)&(1<<to-1)))
	}
	return out
}

// checkNKey verifies a seed of NATS.
func checkNKey(in *Input) Result { return checkSeed(in.Secret) }

// checkSeed verifies a seed of NATS: two bytes of kind, the seed of an Ed25519
// key and a CRC-16, in base32.
func checkSeed(seed []byte) Result {
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(string(seed))
	if err != nil || len(raw) != 36 || raw[0]&0xf8 != 18<<3 {
		return checkFailed(checkReasonNoForm)
	}
	if checkCRC16(raw[:34]) != binary.LittleEndian.Uint16(raw[34:]) {
		return checkFailed(checkReasonNoSum)
	}
	kind := raw[0]&7<<5 | raw[1]>>3
	r := checkPassed(checkReasonSum)
	if name, ok := map[byte]string{20 << 3: "user", 0: "account", 14 << 3: "operator", 13 << 3: "server", 2 << 3: "cluster", 23 << 3: "curve"}[kind]; ok {
		r.identify("type", name)
		if name != "curve" {
			public := append([]byte{kind}, ed25519.NewKeyFromSeed(raw[2:34]).Public().(ed25519.PublicKey)...)
			public = binary.LittleEndian.AppendUint16(public, checkCRC16(public))
			r.identify("public-key", base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(public))
		}
	}
	return r
}

// checkCRC16 is the CRC of XMODEM.
func checkCRC16(data []byte) uint16 {
	crc := uint16(0)
	for _, b := range data {
		crc ^= uint16(b) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}

// checkJWK verifies a private key in JSON.
func checkJWK(in *Input) Result {
	obj, ok := checkEnclosing(in, "kty")
	if !ok {
		return checkUnchecked("the object around it does not parse")
	}
	kty := checkJSONString(obj, "kty")
	name := "d"
	if kty == "oct" {
		name = "k"
	}
	value := checkJSONString(obj, name)
	if value == "" {
		return checkFailed("a public key")
	}
	if why, ok := checkSample([]byte(value)); ok {
		return checkHarmless(why)
	}
	if ok, why := Plausible([]byte(value)); !ok {
		return checkFailed("key is " + why)
	}
	size := func(member string) int {
		data, ok := checkDecodeBase64([]byte(checkJSONString(obj, member)))
		if !ok {
			return 0
		}
		return len(data)
	}
	r := checkUnchecked("key does not parse")
	want, kind := 0, ""
	switch crv := checkJSONString(obj, "crv"); {
	case kty == "RSA" && size("n") >= 64 && size("d") >= 32:
		r = checkKeyResult("RSA", 8*size("n"))
	case kty == "oct" && size("k") >= 8:
		r = checkKeyResult("symmetric", 8*size("k"))
	case kty == "EC":
		want = map[string]int{"P-256": 32, "P-384": 48, "P-521": 66, "secp256k1": 32}[crv]
		kind = "EC " + crv
	case kty == "OKP":
		want = map[string]int{"Ed25519": 32, "X25519": 32, "Ed448": 57, "X448": 56}[crv]
		kind = crv
	}
	if n := size("d"); want > 0 && n <= want && n >= want-2 && size("x") > 0 {
		r = checkKeyResult(kind, 0)
	}
	r.identify("key-id", checkJSONString(obj, "kid"))
	return r
}

// checkTOTP verifies a seed of one-time passwords: base32 of eight bytes or
// more. The label and issuer of an otpauth URL around it name the account.
func checkTOTP(in *Input) Result {
	s := strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(string(in.Secret)))
	if why, ok := checkSample([]byte(s)); ok {
		return checkHarmless(why)
	}
	s = strings.TrimRight(strings.ReplaceAll(s, "%3D", ""), "=")
	if checkIsMask(s) || checkIsFlat([]byte(s)) {
		return checkFailed("masked")
	}
	if !checkAll(s, func(c byte) bool { return c >= 'A' && c <= 'Z' || c >= '2' && c <= '7' }) || len(s) < 13 {
		return checkFailed("not base32")
	}
	r := checkUnchecked("base32 of " + strconv.Itoa(len(s)*5/8) + " bytes")
	lo, _ := in.matched()
	if i := bytes.LastIndex(in.Text[:in.Start], []byte("otpauth://")); i >= 0 && i >= lo-2048 && !bytes.ContainsAny(in.Text[i:in.Start], " \t\r\n\"'<>`") {
		params, _ := checkParseQuery(string(in.Text[i:in.Start]))
		r.identify("issuer", params.Get("issuer"))
	}
	return r
}

// checkBIP39 verifies the outward form of a mnemonic: its count of words, each
// of three to eight letters, hardly one twice. The list of words, and with it
// the checksum, is not at hand.
func checkBIP39(in *Input) Result {
	words := strings.Fields(strings.ToLower(strings.NewReplacer(",", " ", "\"", " ", "'", " ").Replace(string(in.Secret))))
	switch len(words) {
	case 12, 15, 18, 21, 24:
	default:
		return checkFailed("not a count of words that mnemonics have")
	}
	if why, ok := checkSample([]byte(strings.Join(words, " "))); ok {
		return checkHarmless(why)
	}
	seen := map[string]int{}
	for _, w := range words {
		if len(w) < 3 || len(w) > 8 || !checkAll(w, checkIsLetter) || checkIsStopWord(w) {
			return checkFailed("words that mnemonics do not have")
		}
		seen[w]++
	}
	if len(seen) <= len(words)/2 {
		return checkHarmless("a mnemonic for tests")
	}
	if len(seen) < len(words)-2 {
		return checkFailed("words repeat")
	}
	return checkUnchecked("words of a mnemonic's form")
}

// checkIsStopWord reports whether w is frequent in prose and no word of a
// mnemonic.
func checkIsStopWord(w string) bool {
	switch w {
	case "the", "and", "for", "with", "from", "are", "was", "not", "but", "has", "had", "its", "which", "were", "been", "his", "her", "their", "would",
		"could", "should", "being", "these", "those", "using", "used", "does", "did", "them", "our", "your", "more", "most", "such", "here", "some", "other":
		return true
	}
	return false
}
