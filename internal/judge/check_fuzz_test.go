package judge

import (
	"bytes"
	"fmt"
	"go/ast"
	goparser "go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// checkPublicFields lists what reasons and identities may share with a credential:
// identities that are a part of it which is public.
var checkPublicFields = []string{"aws-key-id", "user", "host", "email", "issuer", "subject", "audience", "key-id", "app", "team", "channel", "bot-id", "client-id", "policy", "region",
	"project", "organization", "url", "name", "alias", "type", "mode", "expires"}

func checkNames() []string {
	var names []string
	for n := range checkTable {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// FuzzCheck feeds every check with text that has a random part: whatever the
// rest, no reason and no identity but those that are public by their name may
// hold a run of it, and the time is bounded.
func FuzzCheck(f *testing.F) {
	literals := checkLiterals(f)
	for _, c := range checkCases(f) {
		in := c.input()
		f.Add(c.check, in.Text, in.Start, in.End, strings.Join(c.args, "\n"))
	}
	f.Fuzz(func(t *testing.T, name string, text []byte, start, end int, args string) {
		if len(text) > 1<<17 || len(args) > 256 {
			return
		}
		in := &Input{Text: text, Start: start, End: end, Args: strings.Split(args, "\n"), Now: checkNow}
		if start < 0 || end < start || end > len(text) {
			in.Secret = text
		} else {
			in.Secret = text[start:end]
			in.Match = text[max(0, start-9):min(len(text), end+9)]
		}
		began := time.Now()
		r := Check(name, in)
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%s took %v", name, took)
		}
		if r.Secret != [2]int{} && (r.Secret[0] < 0 || r.Secret[1] <= r.Secret[0] || r.Secret[1] > len(text)) {
			t.Errorf("%s narrowed to %v of %d bytes", name, r.Secret, len(text))
		}
		if r.Verdict > Harmless || r.Lower > LowerToLow {
			t.Errorf("%s: verdict %d, lowered to %d", name, r.Verdict, r.Lower)
		}
		for i := 0; i+12 <= len(in.Secret) && i < 1<<12; i++ {
			run := in.Secret[i : i+12]
			if strings.Contains(r.Reason, string(run)) && !checkIsVocabulary(string(run)) && !strings.Contains(literals, string(run)) {
				t.Errorf("%s: reason %q holds a part of the credential", name, r.Reason)
			}
			for _, field := range r.Identity {
				if !slices.Contains(checkPublicFields, field.Name) && strings.Contains(field.Value, string(run)) {
					t.Errorf("%s: identity %s holds a part of the credential", name, field.Name)
				}
			}
		}
	})
}

// checkLiterals returns the string literals of the checks, of which reasons
// are made.
func checkLiterals(t testing.TB) string {
	files, err := filepath.Glob("check*.go")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := goparser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				all = append(all, lit.Value)
			}
			return true
		})
	}
	return strings.Join(all, "\n")
}

// checkIsVocabulary reports whether text stands in a reason by itself.
func checkIsVocabulary(s string) bool {
	for _, words := range [...]string{
		"key parses: ", "encrypted with aes-128-cbc", "chacha20-poly1305", "aes256-gcm aes128-gcm aes256-ctr", "brainpoolP256r1", "of a security key",
		"a placeholder in place of the key", "in place of the signature", "decodes to a plausible password", "password is a plausible literal", "not a count of words that mnemonics have",
	} {
		if strings.Contains(words, s) {
			return true
		}
	}
	return false
}

// TestSecretStaysOut puts a canary where the secret part of each format is.
func TestSecretStaysOut(t *testing.T) {
	for _, c := range checkCases(t) {
		in := c.input()
		r := Check(c.check, in)
		secret := in.Secret
		if r.Secret != [2]int{} {
			secret = in.Text[r.Secret[0]:r.Secret[1]]
		}
		if len(secret) < 12 || c.check == "aws-key-id" || c.check == "plain-http" {
			continue // what they find is public
		}
		tail := secret[len(secret)-8:]
		for _, f := range append(r.Identity, Field{"reason", r.Reason}) {
			if strings.Contains(f.Value, string(tail)) && !checkIsVocabulary(string(tail)) {
				t.Errorf("%s (%s): %s holds the end of the credential", c.check, c.name, f.Name)
			}
		}
	}
}

// TestHostile runs every check on input that is slow for a careless one.
func TestHostile(t *testing.T) {
	inputs := map[string][]byte{}
	for _, s := range []string{"a", "=", "{", "{\"a\":", "[", "\"", "\\", "\\\\", "\n", " ", ":", "@", "/", "%", "&", "-", "-----BEGIN ", "$", "${", "{{", "(", ";a=", "a b ", ".", "eyJ", "\xff", "0\x82\xff\xff", "\x30\x80", "1", "A", "<", "'", "://", "a:b@", "://a:b@", "data:\n ", "  a: b\n"} {
		inputs[s] = bytes.Repeat([]byte(s), 128<<10/len(s))
	}
	inputs["modulus"] = []byte(checkB64(checkHugeRSA()))
	inputs["modulus in armour"] = []byte(checkMakeArmour("RSA PRIVATE"+" KEY", checkHugeRSA()))
	limit := 500 * time.Millisecond
	if testing.Short() {
		limit = 5 * time.Second // under the race detector and on busy machines
	}
	for what, text := range inputs {
		for _, name := range checkNames() {
			for _, span := range [][2]int{{0, min(len(text), checkMaxSecret)}, {len(text) / 2, len(text)/2 + 40}, {len(text) - 1, len(text)}} {
				in := &Input{Secret: text[span[0]:span[1]], Match: text[span[0]:span[1]], Text: text, Start: span[0], End: span[1], Now: checkNow, Args: []string{"has=a", "claim:a=b", "lead=x", "bytes=1-9"}}
				began := time.Now()
				Check(name, in)
				if took := time.Since(began); took > limit {
					t.Errorf("%s on %d bytes of %q took %v", name, len(in.Secret), what, took)
				}
			}
		}
	}
}

// checkHugeRSA returns a sequence of numbers far beyond any key.
func checkHugeRSA() []byte {
	number := append([]byte{0x02, 0x82, 0x10, 0x00, 0x7f}, bytes.Repeat([]byte{0xff}, 4095)...)
	body := []byte{0x02, 0x01, 0x00}
	for range 8 {
		body = append(body, number...)
	}
	return append([]byte{0x30, 0x82, byte(len(body) >> 8), byte(len(body))}, body...)
}

func BenchmarkCheck(b *testing.B) {
	seen := map[string]bool{}
	for _, c := range checkCases(b) {
		if seen[c.check] || c.want == Failed {
			continue
		}
		seen[c.check] = true
		in := c.input()
		b.Run(fmt.Sprintf("%s/%d", c.check, len(in.Secret)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Check(c.check, in)
			}
		})
	}
}
