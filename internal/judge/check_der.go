package judge

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"math/big"
	"strconv"
	"strings"
)

// Bounds on the numbers that are computed with: what a key in use has at
// most, and little enough for hostile input.
const (
	checkMaxModulus = 16384 // bits of an RSA modulus
	checkMaxPrime   = 4096  // bits of the prime of DSA
)

type checkRSAKey struct {
	Version                     int
	N, E, D, P, Q, DP, DQ, Qinv *big.Int
}

type checkECKey struct {
	Version int
	Key     []byte
	Params  asn1.RawValue  `asn1:"optional,explicit,tag:0"`
	Public  asn1.BitString `asn1:"optional,explicit,tag:1"`
}

type checkDSAKey struct {
	Version       int
	P, Q, G, Y, X *big.Int
}

type checkAlgorithm struct {
	ID     asn1.ObjectIdentifier
	Params asn1.RawValue `asn1:"optional"`
}

type checkPKCS8Key struct {
	Version    int
	Algorithm  checkAlgorithm
	Key        []byte
	Attributes asn1.RawValue `asn1:"optional,tag:0"`
	Public     asn1.RawValue `asn1:"optional,tag:1"`
}

type checkEncryptedKey struct {
	Algorithm checkAlgorithm
	Data      []byte
}

// checkDERBase64 verifies the base64 of a private key in DER.
func checkDERBase64(in *Input) Result {
	data, ok := checkDecodeBase64(bytes.TrimRight(checkUnescapeLines(in.Secret), "\n"))
	if !ok {
		return checkFailed("not base64")
	}
	r := checkDER(data, "")
	if r.Verdict == Unchecked && !checkIsKeyHead(data) {
		return checkFailed("decodes to no private key")
	}
	return r
}

// checkIsKeyHead reports whether data begins as a private key does: a
// sequence whose first element is a version.
func checkIsKeyHead(data []byte) bool {
	return len(data) > 7 && data[0] == 0x30 && data[1] == 0x82 && data[4] == 0x02 && data[5] == 0x01 && data[6] <= 1
}

// checkDER judges a private key in DER of the kind the label names, or of any.
func checkDER(data []byte, label string) Result {
	// Text after the key does no harm: PKCS#12 and PGP keep other things there.
	var seq asn1.RawValue
	if _, err := asn1.Unmarshal(data, &seq); err != nil || seq.Tag != asn1.TagSequence || !seq.IsCompound {
		return checkUnchecked("key does not parse")
	}
	der := seq.FullBytes
	for _, parse := range [...]struct {
		label string
		run   func([]byte) (Result, bool)
	}{{"RSA", checkRSA}, {"EC", checkEC}, {"DSA", checkDSA}, {"ENCRYPTED", checkPKCS8Encrypted}, {"", checkPKCS8}} {
		if parse.label != "" && label != "" && !strings.HasPrefix(label, parse.label) && label != "ANY PRIVATE KEY" && label != "PRIVATE KEY" {
			continue
		}
		if r, ok := parse.run(der); ok {
			return r
		}
	}
	return checkUnchecked("key does not parse")
}

func checkKeyResult(kind string, bits int) Result {
	if bits > 0 {
		kind += " " + strconv.Itoa(bits)
	}
	r := checkPassed("key parses: " + kind)
	r.identify("type", kind)
	return r
}

// fingerprint adds the SHA-256 of a public key, the sum of a
// SubjectPublicKeyInfo, as GitHub shows it for the keys of apps.
func (r *Result) fingerprint(spki []byte, err error) {
	if err == nil && len(spki) > 0 {
		sum := sha256.Sum256(spki)
		r.identify("fingerprint", "SHA256:"+base64.StdEncoding.EncodeToString(sum[:]))
	}
}

func checkRSA(der []byte) (Result, bool) {
	var k checkRSAKey
	if _, err := asn1.Unmarshal(der, &k); err != nil {
		return Result{}, false
	}
	bits := k.N.BitLen()
	if bits < 256 || bits > checkMaxModulus || k.P.Sign() <= 0 || k.Q.Sign() <= 0 || !k.E.IsInt64() || k.E.Int64() < 3 || k.E.BitLen() > 31 {
		return Result{}, false
	}
	// Keys of more than two primes do not fit, and are not in use.
	if k.P.BitLen()+k.Q.BitLen() > bits+1 || new(big.Int).Mul(k.P, k.Q).Cmp(k.N) != 0 {
		return checkUnchecked("key does not parse"), k.Version == 0 && k.D.Sign() > 0
	}
	r := checkKeyResult("RSA", bits)
	r.fingerprint(x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: k.N, E: int(k.E.Int64())}))
	return r, true
}

// checkCurve returns the name of a curve and, if the standard library has it,
// the curve.
func checkCurve(oid asn1.ObjectIdentifier) (name string, curve ecdh.Curve) {
	switch oid.String() {
	case "1.2.840.10045.3.1.7":
		return "EC P-256", ecdh.P256()
	case "1.3.132.0.34":
		return "EC P-384", ecdh.P384()
	case "1.3.132.0.35":
		return "EC P-521", ecdh.P521()
	case "1.3.132.0.33":
		return "EC P-224", nil
	case "1.3.132.0.10":
		return "EC secp256k1", nil
	case "1.3.36.3.3.2.8.1.1.7":
		return "EC brainpoolP256r1", nil
	case "1.3.36.3.3.2.8.1.1.11":
		return "EC brainpoolP384r1", nil
	case "1.3.36.3.3.2.8.1.1.13":
		return "EC brainpoolP512r1", nil
	}
	return "EC", nil
}

func checkEC(der []byte) (Result, bool) { return checkECParams(der, asn1.RawValue{}) }

// checkECParams judges a key of SEC 1 whose parameters may stand outside.
func checkECParams(der []byte, params asn1.RawValue) (Result, bool) {
	var k checkECKey
	if _, err := asn1.Unmarshal(der, &k); err != nil || k.Version != 1 || len(k.Key) < 14 || len(k.Key) > 72 {
		return Result{}, false
	}
	if len(k.Params.FullBytes) > 0 {
		params = k.Params
		if params.Class == asn1.ClassContextSpecific {
			params = asn1.RawValue{FullBytes: k.Params.Bytes}
		}
	}
	var oid asn1.ObjectIdentifier
	_, err := asn1.Unmarshal(params.FullBytes, &oid)
	name, curve := checkCurve(oid)
	public := k.Public.Bytes
	if curve != nil {
		key, err := curve.NewPrivateKey(checkLeftPad(k.Key, checkCurveSize(curve)))
		if err != nil {
			return checkUnchecked("key does not parse"), true
		}
		derived := key.PublicKey().Bytes()
		if len(public) == len(derived) && !bytes.Equal(public, derived) {
			return checkUnchecked("public part is of another key"), true
		}
		public = derived
	}
	r := checkKeyResult(name, 0)
	if err == nil && len(public) > 0 {
		r.fingerprint(asn1.Marshal(struct {
			Algorithm struct{ ID, Curve asn1.ObjectIdentifier }
			Key       asn1.BitString
		}{struct{ ID, Curve asn1.ObjectIdentifier }{asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}, oid}, asn1.BitString{Bytes: public, BitLength: 8 * len(public)}}))
	}
	return r, true
}

func checkCurveSize(c ecdh.Curve) int {
	switch c {
	case ecdh.P384():
		return 48
	case ecdh.P521():
		return 66
	}
	return 32
}

// checkLeftPad returns the number in n bytes, if it fits.
func checkLeftPad(b []byte, n int) []byte {
	b = bytes.TrimLeft(b, "\x00")
	if len(b) >= n {
		return b
	}
	return append(make([]byte, n-len(b)), b...)
}

func checkDSA(der []byte) (Result, bool) {
	var k checkDSAKey
	if _, err := asn1.Unmarshal(der, &k); err != nil {
		return Result{}, false
	}
	if !checkIsDSA(k.P, k.Q, k.G, k.X) {
		return Result{}, false
	}
	if new(big.Int).Exp(k.G, k.X, k.P).Cmp(k.Y) != 0 {
		return checkUnchecked("key does not parse"), true
	}
	return checkKeyResult("DSA", k.P.BitLen()), true
}

// checkIsDSA reports whether the numbers are in the ranges of DSA, which bound
// the cost of computing with them.
func checkIsDSA(p, q, g, x *big.Int) bool {
	return p.Sign() > 0 && p.BitLen() <= checkMaxPrime && p.BitLen() >= 512 && p.Bit(0) == 1 && q.Sign() > 0 && q.BitLen() <= 512 &&
		g.Sign() > 0 && g.Cmp(p) < 0 && x.Sign() > 0 && x.Cmp(q) < 0
}

func checkPKCS8Encrypted(der []byte) (Result, bool) {
	var k checkEncryptedKey
	if _, err := asn1.Unmarshal(der, &k); err != nil || len(k.Data) < 16 {
		return Result{}, false
	}
	id := k.Algorithm.ID.String()
	name := ""
	switch {
	case id == "1.2.840.113549.1.5.13":
		name = " with PBES2"
	case strings.HasPrefix(id, "1.2.840.113549.1.5."):
		name = " with PBES1"
	case strings.HasPrefix(id, "1.2.840.113549.1.12.1."):
		name = " with a scheme of PKCS 12"
	default:
		return Result{}, false
	}
	r := checkPassed("encrypted" + name)
	r.Lower = LowerToMedium
	return r, true
}

func checkPKCS8(der []byte) (Result, bool) {
	var k checkPKCS8Key
	if _, err := asn1.Unmarshal(der, &k); err != nil || k.Version < 0 || k.Version > 1 || len(k.Key) == 0 {
		return Result{}, false
	}
	switch id := k.Algorithm.ID.String(); id {
	case "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10":
		if r, ok := checkRSA(k.Key); ok {
			return r, true
		}
	case "1.2.840.10045.2.1":
		if r, ok := checkECParams(k.Key, k.Algorithm.Params); ok {
			return r, true
		}
	case "1.2.840.10040.4.1":
		var params struct{ P, Q, G *big.Int }
		var x *big.Int
		_, err1 := asn1.Unmarshal(k.Algorithm.Params.FullBytes, &params)
		_, err2 := asn1.Unmarshal(k.Key, &x)
		if err1 == nil && err2 == nil && checkIsDSA(params.P, params.Q, params.G, x) {
			return checkKeyResult("DSA", params.P.BitLen()), true
		}
	case "1.3.101.110", "1.3.101.111", "1.3.101.112", "1.3.101.113":
		if r, ok := checkEdwards(id, k.Key); ok {
			return r, true
		}
	default:
		// Parsed to the end, of an algorithm this package does not know.
		return checkUnchecked("key of an unknown algorithm"), true
	}
	return checkUnchecked("key does not parse"), true
}

// checkEdwards judges the keys of RFC 8410.
func checkEdwards(id string, der []byte) (Result, bool) {
	var seed []byte
	if _, err := asn1.Unmarshal(der, &seed); err != nil {
		return Result{}, false
	}
	kind := map[string]struct {
		name string
		size int
	}{"1.3.101.110": {"X25519", 32}, "1.3.101.111": {"X448", 56}, "1.3.101.112": {"Ed25519", 32}, "1.3.101.113": {"Ed448", 57}}[id]
	if len(seed) != kind.size {
		return Result{}, false
	}
	r := checkKeyResult(kind.name, 0)
	switch kind.name {
	case "Ed25519":
		r.fingerprint(x509.MarshalPKIXPublicKey(ed25519.NewKeyFromSeed(seed).Public()))
	case "X25519":
		if key, err := ecdh.X25519().NewPrivateKey(seed); err == nil {
			r.fingerprint(x509.MarshalPKIXPublicKey(key.PublicKey()))
		}
	}
	return r, true
}
