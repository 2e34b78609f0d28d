package judge

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"math/big"
	mathrand "math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// checkRandom returns n characters of the alphabet, the same for the same seed.
func checkRandom(seed uint64, n int, alphabet string) string {
	r := mathrand.New(mathrand.NewPCG(seed, 7))
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

func checkRandomBytes(seed uint64, n int) []byte {
	r := mathrand.New(mathrand.NewPCG(seed, 11))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func checkB64(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

func checkB64url(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

// checkGithubToken returns prefix + body + its checksum.
func checkGithubToken(prefix, body string) string {
	c := crc32.ChecksumIEEE([]byte(body))
	sum := ""
	for range 6 {
		sum = string(checkBase62[c%62]) + sum
		c /= 62
	}
	return prefix + body + sum
}

func checkGitlabToken(prefix string, random []byte) string {
	payload := checkB64url(append([]byte("o:1\nu:2s\n"), random...))
	head := prefix + payload + "." + fmt.Sprintf("%02s", strconv.FormatInt(int64(len(payload)), 36))
	return head + fmt.Sprintf("%07s", strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(head))), 36))
}

func checkJwtToken(header, payload map[string]any, signature []byte) string {
	h, _ := json.Marshal(header)
	p, _ := json.Marshal(payload)
	return checkB64url(h) + "." + checkB64url(p) + "." + checkB64url(signature)
}

// checkAWSKeySample returns an id that holds the account.
func checkAWSKeySample(prefix string, account uint64, seed uint64) string {
	raw := checkRandomBytes(seed, 10)
	n := 1<<63 | account<<23 | uint64(raw[5]&0x7f)<<16 | uint64(raw[6])<<8 | uint64(raw[7])
	binary.BigEndian.PutUint64(raw, n)
	return prefix + base32.StdEncoding.EncodeToString(raw)
}

var checkRSAKeyPair = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

func checkEd25519Key() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(checkRandomBytes(3, 32)) }

func checkEcKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	scalar := append([]byte{1}, checkRandomBytes(4, 31)...)
	k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func checkPkcs8(t testing.TB, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// checkDsaDER returns a DSA key. The primes need not be prime: no check asks.
func checkDsaDER(t testing.TB) []byte {
	t.Helper()
	p := new(big.Int).SetBytes(append([]byte{0xff}, checkRandomBytes(5, 127)...))
	p.SetBit(p, 0, 1)
	q := new(big.Int).SetBytes(append([]byte{0xff}, checkRandomBytes(6, 19)...))
	g, x := big.NewInt(5), new(big.Int).SetBytes(checkRandomBytes(7, 18))
	der, err := asn1.Marshal(checkDSAKey{0, p, q, g, new(big.Int).Exp(g, x, p), x})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func checkEncryptedDER(t testing.TB) []byte {
	t.Helper()
	der, err := asn1.Marshal(checkEncryptedKey{
		checkAlgorithm{ID: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}, Params: asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true}},
		checkRandomBytes(8, 128),
	})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// checkMakeArmour returns lines of base64 between the lines of a label.
func checkMakeArmour(label string, data []byte) string {
	return checkArmourText(label, checkWrapped(checkB64(data), 64))
}

func checkArmourText(label, body string) string {
	dashes := strings.Repeat("-", 5)
	return dashes + "BEGIN " + label + dashes + "\n" + body + "\n" + dashes + "END " + label + dashes + "\n"
}

func checkWrapped(s string, n int) string {
	var lines []string
	for len(s) > n {
		lines, s = append(lines, s[:n]), s[n:]
	}
	return strings.Join(append(lines, s), "\n")
}

// checkSSHString joins strings as the SSH protocol writes them.
func checkSSHString(parts ...[]byte) []byte {
	var out []byte
	for _, p := range parts {
		out = binary.BigEndian.AppendUint32(out, uint32(len(p)))
		out = append(out, p...)
	}
	return out
}

func checkSSHPublicSample() []byte {
	return checkSSHString([]byte("ssh-ed25519"), checkEd25519Key().Public().(ed25519.PublicKey))
}

// checkOpensshKey returns a key file's data, with a cipher of the given name.
func checkOpensshKey(cipher string) []byte {
	key := checkEd25519Key()
	private := []byte{1, 2, 3, 4, 1, 2, 3, 4}
	private = append(private, checkSSHString([]byte("ssh-ed25519"), key.Public().(ed25519.PublicKey), key, []byte("comment"))...)
	for i := byte(1); len(private)%8 != 0; i++ {
		private = append(private, i)
	}
	kdf, options := "none", []byte{}
	if cipher != "none" {
		kdf, options, private = "bcrypt", checkSSHString(checkRandomBytes(1, 16), []byte{0, 0, 0, 16}), checkRandomBytes(2, len(private))
	}
	out := append([]byte("openssh-key-v1\x00"), checkSSHString([]byte(cipher), []byte(kdf), options)...)
	out = append(out, 0, 0, 0, 1)
	return append(out, checkSSHString(checkSSHPublicSample(), private)...)
}

// checkPuttyKey returns a key file of PuTTY without a passphrase.
func checkPuttyKey(version int, cipher string) string {
	public, private := checkSSHPublicSample(), checkSSHString(checkRandomBytes(9, 32))
	signed := checkSSHString([]byte("ssh-ed25519"), []byte(cipher), []byte("a comment"), public, private)
	mac := hmac.New(sha256.New, nil)
	if version == 2 {
		key := sha1.Sum([]byte("putty-private-key-file-mac-key"))
		mac = hmac.New(sha1.New, key[:])
	}
	mac.Write(signed)
	lines := func(data []byte) string {
		text := checkWrapped(checkB64(data), 64)
		return fmt.Sprintf("%d\n%s", strings.Count(text, "\n")+1, text)
	}
	return fmt.Sprintf("PuTTY-User-Key-File-%d: ssh-ed25519\nEncryption: %s\nComment: a comment\nPublic-Lines: %s\nPrivate-Lines: %s\nPrivate-MAC: %x\n",
		version, cipher, lines(public), lines(private), mac.Sum(nil))
}

// checkPgpKey returns an OpenPGP secret key packet and a user id. Usage is that of
// the string-to-key octet.
func checkPgpKey(usage ...byte) []byte {
	body := []byte{4, 0x5f, 0, 0, 0, 22, 9, 0x2b, 6, 1, 4, 1, 0xda, 0x47, 0x0f, 1, 0x01, 0x07, 0x40}
	body = append(body, checkEd25519Key().Public().(ed25519.PublicKey)...)
	body = append(body, usage...)
	body = append(body, 0, 0xff)
	body = append(body, checkRandomBytes(10, 32)...)
	out := append([]byte{0xc0 | 5, byte(len(body))}, body...)
	user := "Ann <ann@corp.example>"
	return append(append(out, 0xc0|13, byte(len(user))), user...)
}

func checkPgpArmour(data []byte) string {
	sum := checkCRC24(data)
	return checkArmourText("PGP PRIVATE KEY BLOCK", "Comment: made by a test\n\n"+checkWrapped(checkB64(data), 64)+"\n="+checkB64([]byte{byte(sum >> 16), byte(sum >> 8), byte(sum)}))
}

func checkAgeKey() string {
	return strings.ToUpper(checkEncodeBech32("age-secret-key-", checkRandomBytes(12, 32)))
}

func checkNkeySeed() string {
	raw := append([]byte{18<<3 | (20<<3)>>5, (20 << 3 & 31) << 3}, checkRandomBytes(13, 32)...)
	raw = binary.LittleEndian.AppendUint16(raw, checkCRC16(raw))
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw)
}

func checkMacaroonSample(location string) string {
	data := append([]byte{2, 1, byte(len(location))}, location...)
	data = append(data, 2, 16)
	data = append(data, checkRandomBytes(14, 16)...)
	data = append(data, 0, 2, 5)
	data = append(data, "[1,2]"...)
	data = append(data, 0, 0, 6, 32)
	return "pypi-" + checkB64url(append(data, checkRandomBytes(15, 32)...))
}

func checkJenkinsSample() string {
	data := append([]byte{1, 0, 0, 0, 16, 0, 0, 0, 32}, checkRandomBytes(16, 48)...)
	return "{" + checkB64(data) + "}"
}

func checkJwkOf(members map[string]any) string {
	data, _ := json.Marshal(members)
	return string(data)
}

func checkEcJWK(t testing.TB) map[string]any {
	k := checkEcKey(t)
	raw, err := k.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return map[string]any{"kty": "EC", "crv": "P-256", "kid": "first", "x": checkB64url(k.X.Bytes()), "y": checkB64url(k.Y.Bytes()), "d": checkB64url(raw)}
}

func checkX25519Recipient() string {
	k, err := ecdh.X25519().NewPrivateKey(checkRandomBytes(12, 32))
	if err != nil {
		panic(err)
	}
	return checkEncodeBech32("age", k.PublicKey().Bytes())
}

// checkLink returns a URL with a login. It is put together at run time, so that no
// source file holds one.
func checkLink(scheme, user, password, host string) string {
	return fmt.Sprintf("%s://%s%c%s@%s/db", scheme, user, ':', password, host)
}

// checkJoinPairs joins key, value, key, value with a separator.
func checkJoinPairs(sep string, kv ...string) string {
	var out []string
	for i := 0; i+1 < len(kv); i += 2 {
		out = append(out, kv[i]+"="+kv[i+1])
	}
	return strings.Join(out, sep)
}

func checkHexRandom(seed uint64, n int) string {
	return hex.EncodeToString(checkRandomBytes(seed, n/2))
}

func checkCRC(s string) uint32 { return crc32.ChecksumIEEE([]byte(s)) }

// checkMakeStore returns a Java keystore of two entries of the given tags.
func checkMakeStore(tags ...uint32) string {
	out := []byte{0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0, 0, byte(len(tags))}
	for _, tag := range tags {
		out = binary.BigEndian.AppendUint32(out, tag)
		out = append(out, 0, 5)
		out = append(out, "first"...)
		out = append(out, make([]byte, 8)...)
		if tag == 2 {
			out = append(out, 0, 5)
			out = append(out, "X.509"...)
		}
		out = append(out, checkSSHString(checkRandomBytes(1, 100))...)
	}
	return string(out)
}
