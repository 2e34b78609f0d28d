package secrettest

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"
)

// A generator writes a part of a sample that random bytes cannot be: one with
// a checksum or a structure. It makes the part from the random source of the
// sampler and never by trying.
type generator func(s *sampler, args []string) error

// generators returns the generators by name. What a name has behind a blank in
// a shape are its arguments.
func generators() map[string]generator {
	return map[string]generator{
		"age":                 (*sampler).age,
		"atlassian-crc32":     (*sampler).atlassian,
		"aws-presigned":       (*sampler).awsPresigned,
		"base64":              (*sampler).base64Bytes,
		"base64-json":         (*sampler).base64JSON,
		"base64-prefix":       (*sampler).base64Prefix,
		"bip39":               (*sampler).mnemonic,
		"crc32-base62":        (*sampler).crc32Base62,
		"der-base64":          (*sampler).derBase64,
		"gitlab-routable":     (*sampler).gitlabRoutable,
		"grafana-crc32":       (*sampler).grafana,
		"jenkins":             (*sampler).jenkins,
		"jwk":                 (*sampler).jwk,
		"jwt":                 (*sampler).jwt,
		"jwt-base64":          (*sampler).jwtBase64,
		"keystore":            (*sampler).keystore,
		"macaroon":            (*sampler).macaroon,
		"nkey":                (*sampler).nkey,
		"password":            (*sampler).plainPassword,
		"pem":                 (*sampler).pem,
		"pem-base64":          (*sampler).pemBase64,
		"discord-bot":         (*sampler).discordBot,
		"gcp-service-account": (*sampler).serviceAccount,
		"putty":               (*sampler).putty,
		"rclone":              (*sampler).rclone,
	}
}

func (s *sampler) generate(call string) error {
	words := strings.Fields(call)
	if len(words) == 0 {
		return fmt.Errorf("check() names no generator")
	}
	make, ok := generators()[words[0]]
	if !ok {
		return fmt.Errorf("no generator for check(%s)", call)
	}
	if err := make(s, words[1:]); err != nil {
		return fmt.Errorf("check(%s): %w", call, err)
	}
	return nil
}

// sinceLast returns what was written behind the last of a byte.
func (s *sampler) sinceLast(c byte) []byte {
	return s.text[strings.LastIndexByte(string(s.text), c)+1:]
}

const base62 = digits + upper + lower

// crc32Base62 adds the checksum of GitHub and npm: six digits in base 62.
func (s *sampler) crc32Base62([]string) error {
	sum := crc32.ChecksumIEEE(s.sinceLast('_'))
	var b [6]byte
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = base62[sum%62]
		sum /= 62
	}
	s.fixed(base62, string(b[:]))
	return nil
}

// atlassian adds the checksum of Atlassian: eight upper-case hex digits over
// what stands before the "=", or before the checksum where there is none.
func (s *sampler) atlassian([]string) error {
	body := strings.TrimSuffix(string(s.text), "=")
	s.fixed(digits+"ABCDEF", fmt.Sprintf("%08X", crc32.ChecksumIEEE([]byte(body))))
	return nil
}

// grafana adds the checksum of a service account token: eight hex digits.
func (s *sampler) grafana([]string) error {
	body := strings.TrimSuffix(string(s.text), "_")
	s.fixed(hexLower, fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(body))))
	return nil
}

// gitlabRoutable adds the payload and the tail of a routable token: the
// payload's length in two digits of base 36, and seven digits of a checksum
// over all before them. Every second token has a version before the tail.
func (s *sampler) gitlabRoutable([]string) error {
	lines := "o:" + s.random(base36, 1) + "\nu:" + s.random(base36[1:], 4) + "\n"
	payload := base64.RawURLEncoding.EncodeToString(append([]byte(lines), s.bytes(24)...))
	s.add(payload + ".")
	if s.IntN(2) == 0 {
		s.add("01.")
	}
	from := len(s.text)
	s.add(pad36(uint64(len(payload)), 2))
	s.add(pad36(uint64(crc32.ChecksumIEEE(s.text)), 7))
	s.pieces = append(s.pieces, piece{from, len(s.text), run{9, 9, base36}})
	return nil
}

const base36 = digits + lower

func pad36(n uint64, width int) string {
	t := strconv.FormatUint(n, 36)
	return strings.Repeat("0", max(0, width-len(t))) + t
}

// base64Bytes adds the padded base64 of N random bytes, of a password, or of
// user:password.
func (s *sampler) base64Bytes(args []string) error {
	if len(args) == 0 {
		return errKind
	}
	var data []byte
	switch args[0] {
	case "password":
		data = []byte(s.password())
	case "user:password":
		data = []byte(s.login())
	default:
		n, err := strconv.Atoi(args[0])
		if err != nil {
			return err
		}
		data = s.bytes(n)
	}
	s.add(base64.StdEncoding.EncodeToString(data))
	return nil
}

func (s *sampler) password() string { return s.random(alnum, 14+s.IntN(8)) }

// plainPassword adds a password that no judge takes for a placeholder.
func (s *sampler) plainPassword([]string) error {
	s.add(s.password())
	return nil
}

func (s *sampler) login() string { return s.random(lower, 5+s.IntN(5)) + ":" + s.password() }

// dockerConfig adds the base64 of an image pull secret.
func (s *sampler) dockerConfig() error {
	text := fmt.Sprintf(`{"auths":{"registry.example.org":{"auth":%q}}}`, base64.StdEncoding.EncodeToString([]byte(s.login())))
	s.add(base64.StdEncoding.EncodeToString([]byte(text)))
	return nil
}

// mnemonic adds words of a seed phrase. They are of the list that seed phrases
// are made of; the last one is no checksum.
func (s *sampler) mnemonic(args []string) error {
	words := strings.Fields(`abandon ability actor afford album anchor arctic aspect banner basket beach bicycle blanket bridge cabin
		camera canyon castle ceiling circle cloud copper cradle desert dolphin donkey eagle economy elbow emerald engine fabric falcon
		festival finger forest galaxy garlic giraffe guitar harvest helmet horizon hotel insect island jacket jungle kitchen ladder lemon
		lobster magnet market meadow mirror mountain napkin ocean olive orbit oxygen paddle panther parrot pencil piano pigeon planet`)
	if len(args) == 0 {
		return errKind
	}
	n, err := strconv.Atoi(args[0])
	if err != nil || n > len(words) {
		return errKind
	}
	s.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
	s.add(strings.Join(words[:n], " "))
	return nil
}

// rclone adds a password as rclone obscures it: under a key that is part of
// that program.
func (s *sampler) rclone([]string) error {
	block, err := aes.NewCipher([]byte{
		0x9c, 0x93, 0x5b, 0x48, 0x73, 0x0a, 0x55, 0x4d, 0x6b, 0xfd, 0x7c, 0x63, 0xc8, 0x86, 0xa9, 0x2b,
		0xd3, 0x90, 0x19, 0x8e, 0xb8, 0x12, 0x8a, 0xfb, 0xf4, 0xde, 0x16, 0x2b, 0x8b, 0x95, 0xf6, 0x38,
	})
	if err != nil {
		return err
	}
	b := append(s.bytes(aes.BlockSize), s.password()...)
	cipher.NewCTR(block, b[:aes.BlockSize]).XORKeyStream(b[aes.BlockSize:], b[aes.BlockSize:])
	s.add(base64.RawURLEncoding.EncodeToString(b))
	return nil
}

// jenkins adds a secret as Jenkins writes it: a version, two lengths, a vector
// and blocks of AES.
func (s *sampler) jenkins([]string) error {
	size := 16 * (1 + s.IntN(4))
	b := append([]byte{1, 0, 0, 0, 16, 0, 0, 0, byte(size)}, s.bytes(16+size)...)
	s.add("{" + base64.StdEncoding.EncodeToString(b) + "}")
	return nil
}

// discordBot adds a bot's token: its number in base64, a time, a signature.
func (s *sampler) discordBot([]string) error {
	id := s.random(digits[1:], 1) + s.random(digits, 17)
	s.add(base64.RawURLEncoding.EncodeToString([]byte(id)) + "." + s.random(base64URL, 6) + ".")
	s.body(run{27, 38, base64URL}, 27+11*s.IntN(2))
	return nil
}

// ruleArgs returns the values of the arguments name=value of the rule's check.
func (s *sampler) ruleArgs(name string) []string {
	var values []string
	for _, a := range s.rule.Args {
		if v, ok := strings.CutPrefix(a, name+"="); ok {
			values = append(values, v)
		}
	}
	return values
}

// base64JSON adds the base64 of an object with the members that the rule's
// check asks for, long enough for the formats known, and of a length that
// needs no padding. With "signed" a signature follows it. With "dockerconfig"
// it is an image pull secret.
func (s *sampler) base64JSON(args []string) error {
	if len(args) > 0 && args[0] == "dockerconfig" {
		return s.dockerConfig()
	}
	const least = 180
	var b strings.Builder
	for i, key := range s.ruleArgs("has") {
		b.WriteByte("{,"[min(i, 1)])
		fmt.Fprintf(&b, "%q:%q", key, s.random(alnum, 12))
	}
	b.WriteString(`,"v":"`)
	n := max(b.Len()+2, least)
	n += (3 - n%3) % 3
	b.WriteString(s.random(alnum, n-b.Len()-2) + `"}`)
	s.add(base64.RawStdEncoding.EncodeToString([]byte(b.String())))
	if len(args) > 0 && args[0] == "signed" {
		s.add("_" + base64.RawStdEncoding.EncodeToString(s.bytes(32)))
	}
	return nil
}

// base64Prefix adds the base64 of 48 bytes that begin with the text that the
// rule's check asks for.
func (s *sampler) base64Prefix([]string) error {
	leads := s.ruleArgs("lead")
	if len(leads) == 0 {
		return fmt.Errorf("the rule's check has no lead=")
	}
	text := leads[0] + s.random(alnum, 48-len(leads[0]))
	s.fixed(alnum, base64.RawStdEncoding.EncodeToString([]byte(text)))
	return nil
}

// awsPresigned adds the base64 of a presigned request to Bedrock.
func (s *sampler) awsPresigned([]string) error {
	id := "ASIA" + s.random(base32Set, 16)
	query := "bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + id +
		"%2F20990101%2Fus-east-1%2Fbedrock%2Faws4_request&X-Amz-Date=20990101T000000Z&X-Amz-Expires=43200&X-Amz-Security-Token=" +
		s.random(alnum, 120) + "&X-Amz-Signature=" + s.random(hexLower, 64) + "&X-Amz-SignedHeaders=host&Version=1"
	s.add(base64.StdEncoding.EncodeToString([]byte(query)))
	return nil
}

const base32Set = upper + "234567"

// signatureSize is the length in bytes of a signature by algorithm.
func signatureSize(alg string) int {
	switch alg {
	case "HS384":
		return 48
	case "HS512", "ES256", "EdDSA":
		return 64
	case "RS256", "PS256", "RS384", "RS512":
		return 256
	}
	return 32
}

// jwt adds a signed JSON web token. Arguments are alg=NAME and claims; a claim
// made of digits only is a number.
func (s *sampler) jwt(args []string) error {
	alg := "HS256"
	claims := ""
	for _, a := range args {
		name, value, ok := strings.Cut(a, "=")
		switch {
		case !ok:
			return fmt.Errorf("argument %q is no claim", a)
		case name == "alg":
			alg = value
			continue
		}
		text, err := json.Marshal(value)
		if err != nil {
			return err
		}
		if strings.Trim(value, digits) == "" {
			text = []byte(value)
		}
		claims += fmt.Sprintf("%q:%s,", name, text)
	}
	if claims == "" {
		claims = `"sub":"user",`
	}
	header := fmt.Sprintf(`{"alg":%q,"typ":"JWT"}`, alg)
	payload := fmt.Sprintf(`{%s"n":%q,"exp":4102444800}`, claims, s.random(alnum, 20))
	e := base64.RawURLEncoding
	s.add(e.EncodeToString([]byte(header)) + "." + e.EncodeToString([]byte(payload)) + "." + e.EncodeToString(s.bytes(signatureSize(alg))))
	return nil
}

// jwtBase64 adds the base64 of a JSON web token.
func (s *sampler) jwtBase64(args []string) error {
	from := len(s.text)
	if err := s.jwt(args); err != nil {
		return err
	}
	token := string(s.text[from:])
	s.text = append(s.text[:from], base64.StdEncoding.EncodeToString([]byte(token))...)
	return nil
}

// macaroon adds a token of PyPI: a macaroon, version 2, for the location of
// the index.
func (s *sampler) macaroon([]string) error {
	location := "pypi.org"
	if strings.HasPrefix(s.rule.ID, "testpypi") {
		location = "test.pypi.org"
	}
	var b []byte
	field := func(kind byte, data []byte) {
		b = append(append(b, kind, byte(len(data))), data...)
	}
	b = append(b, 2)
	field(1, []byte(location))
	field(2, []byte(s.random(hexLower, 8)+"-"+s.random(hexLower, 4)+"-4"+s.random(hexLower, 3)+"-a"+s.random(hexLower, 3)+"-"+s.random(hexLower, 12)))
	b = append(b, 0)
	field(2, []byte(`[3, "`+s.random(hexLower, 32)+`"]`))
	b = append(b, 0, 0)
	field(6, s.bytes(32))
	s.add("pypi-" + base64.RawURLEncoding.EncodeToString(b))
	return nil
}

const bech32Set = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// age adds an age identity: bech32 in capitals.
func (s *sampler) age([]string) error {
	const marker = "age-secret-key-"
	data := s.bytes(32)
	var fives []byte
	acc, bits := 0, 0
	for _, b := range data {
		acc, bits = acc<<8|int(b), bits+8
		for bits >= 5 {
			bits -= 5
			fives = append(fives, byte(acc>>bits&31))
		}
	}
	fives = append(fives, byte(acc<<(5-bits)&31))
	fives = append(fives, bech32Sum(marker, fives)...)
	text := make([]byte, len(fives))
	for i, v := range fives {
		text[i] = bech32Set[v]
	}
	s.add(strings.ToUpper(marker) + "1")
	s.fixed(strings.ToUpper(bech32Set), strings.ToUpper(string(text)))
	return nil
}

func bech32Sum(marker string, data []byte) []byte {
	sum := uint32(1)
	step := func(v byte) {
		top := sum >> 25
		sum = (sum&0x1ffffff)<<5 ^ uint32(v)
		for i, g := range [...]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				sum ^= g
			}
		}
	}
	for i := range len(marker) {
		step(marker[i] >> 5)
	}
	step(0)
	for i := range len(marker) {
		step(marker[i] & 31)
	}
	for _, v := range data {
		step(v)
	}
	for range 6 {
		step(0)
	}
	sum ^= 1
	out := make([]byte, 6)
	for i := range out {
		out[i] = byte(sum >> (5 * (5 - i)) & 31)
	}
	return out
}

// nkey adds the seed of a NATS key, by default that of a user.
func (s *sampler) nkey(args []string) error {
	kinds := map[string]byte{"user": 20 << 3, "account": 0, "operator": 14 << 3, "server": 13 << 3, "cluster": 2 << 3}
	kind := kinds["user"]
	if len(args) > 0 {
		k, ok := kinds[args[0]]
		if !ok {
			return errKind
		}
		kind = k
	}
	const seed = 18 << 3
	raw := append([]byte{seed | kind>>5, kind & 31 << 3}, s.bytes(32)...)
	raw = binary.LittleEndian.AppendUint16(raw, crc16(raw))
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw)
	s.add(text[:2])
	s.fixed(base32Set, text[2:])
	return nil
}

// crc16 is the checksum of XMODEM.
func crc16(data []byte) uint16 {
	sum := uint16(0)
	for _, b := range data {
		sum ^= uint16(b) << 8
		for range 8 {
			carry := sum&0x8000 != 0
			sum <<= 1
			if carry {
				sum ^= 0x1021
			}
		}
	}
	return sum
}

// keystore adds the start of a Java keystore with one private key.
func (s *sampler) keystore(args []string) error {
	magic := map[string]string{"jks": "feedfeed", "jceks": "cececece"}
	if len(args) != 1 || magic[args[0]] == "" {
		return errKind
	}
	b, err := hex.DecodeString(magic[args[0]])
	if err != nil {
		return err
	}
	put := func(n uint32) { b = binary.BigEndian.AppendUint32(b, n) }
	put(2) // version
	put(1) // entries
	put(1) // a private key
	b = append(b, 0, 6)
	b = append(b, "server"...)
	b = binary.BigEndian.AppendUint64(b, 1_700_000_000_000)
	key := s.bytes(600)
	put(uint32(len(key)))
	s.text = append(append(s.text, b...), key...)
	s.text = append(s.text, s.bytes(20)...)
	return nil
}
