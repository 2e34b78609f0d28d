package secrettest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"sync"
)

// ed25519Key returns a key made from a seed.
func (s *sampler) ed25519Key() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(s.bytes(32)) }

// ecKey returns a key of P-256 made from a scalar.
func (s *sampler) ecKey() (*ecdsa.PrivateKey, error) {
	scalar := s.bytes(32)
	scalar[0] &= 0x7f // below the order of the group
	return ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar)
}

// randomPrime returns a prime of so many bits, the first from a random start.
// It is told by its parity class: p mod step is the class.
func randomPrime(r *rand.Rand, bits int, step, class *big.Int) *big.Int {
	p := new(big.Int)
	for range bits {
		p.Lsh(p, 1).Add(p, big.NewInt(int64(r.IntN(2))))
	}
	p.SetBit(p, bits-1, 1).SetBit(p, bits-2, 1)
	p.Sub(p, new(big.Int).Mod(p, step)).Add(p, class)
	for !p.ProbablyPrime(0) {
		p.Add(p, step)
	}
	return p
}

// rsaKey returns the one RSA key of this package. Its primes are looked for
// once, always from the same start: making some for each sample takes too long.
var rsaKey = sync.OnceValues(func() (*rsa.PrivateKey, error) {
	const bits, exponent = 1024, 65537
	r := rand.New(rand.NewPCG(1, 2))
	one, two := big.NewInt(1), big.NewInt(2)
	p, q := randomPrime(r, bits, two, one), randomPrime(r, bits, two, one)
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: exponent},
		D:         new(big.Int).ModInverse(big.NewInt(exponent), phi),
		Primes:    []*big.Int{p, q},
	}
	if key.D == nil {
		return nil, fmt.Errorf("the exponent has no inverse")
	}
	key.Precompute()
	return key, key.Validate()
})

// A dsaGroup holds the parameters that DSA keys share.
type dsaGroup struct{ P, Q, G *big.Int }

var dsaParameters = sync.OnceValue(func() dsaGroup {
	r := rand.New(rand.NewPCG(3, 4))
	one := big.NewInt(1)
	q := randomPrime(r, 160, big.NewInt(2), one)
	p := randomPrime(r, 1024, new(big.Int).Lsh(q, 1), one)
	cofactor := new(big.Int).Div(new(big.Int).Sub(p, one), q)
	return dsaGroup{p, q, new(big.Int).Exp(big.NewInt(2), cofactor, p)}
})

func (s *sampler) dsaDER() ([]byte, error) {
	g := dsaParameters()
	x := new(big.Int).SetBytes(s.bytes(19))
	y := new(big.Int).Exp(g.G, x, g.P)
	return asn1.Marshal(struct {
		Version       int
		P, Q, G, Y, X *big.Int
	}{0, g.P, g.Q, g.G, y, x})
}

// encryptedDER returns a key of PKCS #8 as a passphrase protects it. Nobody
// knows the passphrase: what is encrypted is random.
func (s *sampler) encryptedDER() ([]byte, error) {
	raw := func(v any) (asn1.RawValue, error) {
		b, err := asn1.Marshal(v)
		return asn1.RawValue{FullBytes: b}, err
	}
	kdf, err1 := raw(struct {
		Salt       []byte
		Iterations int
	}{s.bytes(8), 2048})
	iv, err2 := raw(s.bytes(16))
	scheme, err3 := raw(struct{ KDF, Cipher pkix.AlgorithmIdentifier }{
		pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}, Parameters: kdf},
		pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}, Parameters: iv},
	})
	for _, err := range []error{err1, err2, err3} {
		if err != nil {
			return nil, err
		}
	}
	return asn1.Marshal(struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}{pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}, Parameters: scheme}, s.bytes(128)})
}

// wire joins strings as the SSH protocol does: each behind its length.
func wire(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(p))), p...)
	}
	return b
}

// openSSH returns an Ed25519 key in the format of OpenSSH, without passphrase.
func (s *sampler) openSSH() []byte {
	const kind = "ssh-ed25519"
	key := s.ed25519Key()
	public := []byte(key.Public().(ed25519.PublicKey))
	number := s.bytes(4)
	private := append(bytes.Repeat(number, 2), wire([]byte(kind), public, key, []byte("deploy@host"))...)
	for i := byte(1); len(private)%8 != 0; i++ {
		private = append(private, i)
	}
	b := append([]byte("openssh-key-v1\x00"), wire([]byte("none"), []byte("none"), nil)...)
	b = binary.BigEndian.AppendUint32(b, 1)
	return append(b, wire(wire([]byte(kind), public), private)...)
}

// ssh2 returns a key in the format of SSH Communications, encrypted.
func (s *sampler) ssh2() []byte {
	body := wire([]byte("if-modn{sign{rsa-pkcs1-sha1},encrypt{rsa-pkcs1v2-oaep}}"), []byte("3des-cbc"), s.bytes(512))
	b := binary.BigEndian.AppendUint32(nil, 0x3f6ff9eb)
	b = binary.BigEndian.AppendUint32(b, uint32(len(body)+8))
	return append(b, body...)
}

// pgp returns a secret key packet with an EdDSA key, without passphrase.
func (s *sampler) pgp() []byte {
	seed := s.bytes(32)
	seed[0] |= 0x80 // so that the number has 256 bits
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	body := append([]byte{4, 0x60, 0, 0, 0, 22, 9}, 0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x0f, 0x01)
	body = append(append(body, 0x01, 0x07, 0x40), public...)
	secretPart := append([]byte{0x01, 0x00}, seed...)
	sum := uint16(0)
	for _, c := range secretPart {
		sum += uint16(c)
	}
	body = binary.BigEndian.AppendUint16(append(append(body, 0), secretPart...), sum)
	return append([]byte{0xc5, byte(len(body))}, body...)
}

// crc24 is the checksum of OpenPGP armour.
func crc24(data []byte) string {
	sum := uint32(0xb704ce)
	for _, b := range data {
		sum ^= uint32(b) << 16
		for range 8 {
			if sum <<= 1; sum&0x1000000 != 0 {
				sum ^= 0x1864cfb
			}
		}
	}
	return "=" + base64.StdEncoding.EncodeToString([]byte{byte(sum >> 16), byte(sum >> 8), byte(sum)})
}

// lines breaks text into lines of n bytes.
func lines(text string, n int) string {
	var b strings.Builder
	for len(text) > n {
		b.WriteString(text[:n] + "\n")
		text = text[n:]
	}
	b.WriteString(text + "\n")
	return b.String()
}

// armour puts the body of a block between its first and its last line. The
// lines are put together here so that no source holds one.
func armour(dashes, label, body string) string {
	return dashes + "BEGIN " + label + mirrored(dashes) + "\n" + body + dashes + "END " + label + mirrored(dashes)
}

func mirrored(dashes string) string {
	if strings.HasSuffix(dashes, " ") {
		return " " + strings.TrimSuffix(dashes, " ")
	}
	return dashes
}

func (s *sampler) block(kind string) (string, error) {
	dashes := strings.Repeat("-", 5)
	var label string
	var der []byte
	var err error
	switch kind {
	case "openssh":
		label, der = "OPENSSH PRIVATE KEY", s.openSSH()
	case "rsa":
		var key *rsa.PrivateKey
		if key, err = rsaKey(); err == nil {
			label, der = "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)
		}
	case "ec", "any":
		var key *ecdsa.PrivateKey
		if key, err = s.ecKey(); err == nil {
			der, err = x509.MarshalECPrivateKey(key)
		}
		label = "EC PRIVATE KEY"
		if kind == "any" {
			label = "ANY PRIVATE KEY"
		}
	case "dsa":
		label = "DSA PRIVATE KEY"
		der, err = s.dsaDER()
	case "pkcs8":
		label = "PRIVATE KEY"
		der, err = x509.MarshalPKCS8PrivateKey(s.ed25519Key())
	case "pkcs8-rsa":
		label = "PRIVATE KEY"
		var key *rsa.PrivateKey
		if key, err = rsaKey(); err == nil {
			der, err = x509.MarshalPKCS8PrivateKey(key)
		}
	case "encrypted-pkcs8", "encrypted":
		label = "ENCRYPTED PRIVATE KEY"
		der, err = s.encryptedDER()
	case "pgp":
		der = s.pgp()
		return armour(dashes, "PGP PRIVATE KEY BLOCK", "\n"+lines(base64.StdEncoding.EncodeToString(der), 64)+crc24(der)+"\n"), nil
	case "ssh2":
		body := "Comment: \"rsa key\"\n" + lines(base64.StdEncoding.EncodeToString(s.ssh2()), 70)
		return armour(strings.Repeat("-", 4)+" ", "SSH2 ENCRYPTED PRIVATE KEY", body), nil
	case "openvpn":
		return armour(dashes, "OpenVPN Static key V1", lines(hex.EncodeToString(s.bytes(256)), 32)), nil
	default:
		err = errKind
	}
	if err != nil {
		return "", err
	}
	return armour(dashes, label, lines(base64.StdEncoding.EncodeToString(der), 64)), nil
}

func (s *sampler) blockOf(args []string) (string, error) {
	if len(args) == 0 {
		return "", errKind
	}
	return s.block(args[0])
}

// pem adds a private key in armour: the argument is its kind. With "escaped"
// behind it the line breaks are written as a string of JSON has them.
func (s *sampler) pem(args []string) error {
	b, err := s.blockOf(args)
	if len(args) > 1 && args[1] == "escaped" {
		b = strings.ReplaceAll(b+"\n", "\n", `\n`)
	}
	s.add(b)
	return err
}

// pemBase64 adds the base64 of a private key in armour.
func (s *sampler) pemBase64(args []string) error {
	b, err := s.blockOf(args)
	s.add(base64.StdEncoding.EncodeToString([]byte(b + "\n")))
	return err
}

// derBase64 adds the base64 of a private key without armour.
func (s *sampler) derBase64(args []string) error {
	b, err := s.blockOf(args)
	if err != nil {
		return err
	}
	body := strings.Split(b, "\n")
	s.add(strings.Join(body[1:len(body)-1], ""))
	return nil
}

// jwk adds a JSON web key. Its private member is the credential.
func (s *sampler) jwk(args []string) error {
	e := base64.RawURLEncoding
	switch {
	case len(args) == 1 && args[0] == "ec":
		key, err := s.ecKey()
		if err != nil {
			return err
		}
		point, err := key.PublicKey.Bytes()
		if err != nil {
			return err
		}
		d, err := key.Bytes()
		if err != nil {
			return err
		}
		s.add(`{"kty":"EC","crv":"P-256","x":"` + e.EncodeToString(point[1:33]) + `","y":"` + e.EncodeToString(point[33:]) + `","d":"`)
		s.credential(e.EncodeToString(d))
	case len(args) == 1 && args[0] == "oct":
		s.add(`{"kty":"oct","k":"`)
		s.credential(e.EncodeToString(s.bytes(32)))
	default:
		return errKind
	}
	s.add(`"}`)
	return nil
}

// credential adds the part of a structure that is the credential.
func (s *sampler) credential(text string) {
	s.start = len(s.text)
	s.add(text)
	s.end = len(s.text)
}

// putty adds a key file of PuTTY, version 3, without passphrase.
func (s *sampler) putty([]string) error {
	const kind, cipher, comment = "ssh-ed25519", "none", "deploy key"
	key := s.ed25519Key()
	public := wire([]byte(kind), []byte(key.Public().(ed25519.PublicKey)))
	private := wire(key.Seed())
	sum := hmac.New(sha256.New, nil)
	sum.Write(wire([]byte(kind), []byte(cipher), []byte(comment), public, private))
	section := func(name string, data []byte) string {
		text := lines(base64.StdEncoding.EncodeToString(data), 64)
		return fmt.Sprintf("%s-Lines: %d\n%s", name, strings.Count(text, "\n"), text)
	}
	s.add("PuTTY-User-Key-File-3: " + kind + "\nEncryption: " + cipher + "\nComment: " + comment + "\n" +
		section("Public", public) + section("Private", private) + "Private-MAC: " + hex.EncodeToString(sum.Sum(nil)))
	return nil
}

// serviceAccount adds the key file of a service account of Google Cloud. Its
// private key is the credential.
func (s *sampler) serviceAccount([]string) error {
	key, err := s.block("pkcs8-rsa")
	if err != nil {
		return err
	}
	text, err := json.Marshal(key + "\n")
	if err != nil {
		return err
	}
	project := "project-" + s.random(lower, 6)
	s.add("{\n  \"type\": \"service_account\",\n  \"project_id\": \"" + project + "\",\n  \"private_key_id\": \"" + s.random(hexLower, 40) + "\",\n  \"private_key\": \"")
	s.credential(string(text[1 : len(text)-1]))
	s.add("\",\n  \"client_email\": \"deploy@" + project + ".iam.gserviceaccount.com\",\n  \"client_id\": \"" + s.random(digits, 21) + "\"\n}")
	return nil
}
