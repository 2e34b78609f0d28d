package secrettest

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/keysift/keysift/rules"
)

func builtin(t *testing.T) []*rules.Rule {
	t.Helper()
	list, _, err := rules.Decode(os.DirFS("../../rules"), "builtin")
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		t.Fatal("no built-in rules")
	}
	return list
}

// TestSample holds every rule to a shape that can be read, whose parts all have
// a generator, and whose samples are what the rule's pattern matches.
func TestSample(t *testing.T) {
	for _, r := range builtin(t) {
		t.Run(r.ID, func(t *testing.T) {
			if r.Shape == "" {
				t.Fatal("no shape")
			}
			pattern := regexp.MustCompile(r.Pattern)
			for seed := range uint64(5) {
				got, err := Sample(r, seed)
				if err != nil {
					t.Fatal(err)
				}
				if again, _ := Sample(r, seed); again != got {
					t.Errorf("seed %d: two samples differ", seed)
				}
				if got.Start < 0 || got.Start >= got.End || got.End > len(got.Text) {
					t.Fatalf("seed %d: credential at [%d:%d] of %d bytes", seed, got.Start, got.End, len(got.Text))
				}
				if r.Path != nil && !r.Path.MatchString(got.Path) {
					t.Errorf("seed %d: path %q does not match %s", seed, got.Path, r.Path)
				}
				if seed > 0 && len(got.Text) > 512 {
					continue // slow, and one sample of a block is as good as another
				}
				// Package regexp reads bytes above 0x7f as runes; the engine does not.
				if r.Pattern != "" && !isBinary(got.Text) && !pattern.MatchString(got.Text) {
					t.Fatalf("seed %d: pattern %s does not match a sample of %s", seed, r.Pattern, r.Shape)
				}
			}
		})
	}
}

// TestGenerators holds a rule whose offline check can fail to a shape that a
// generator fills, unless what the check wants is in the alphabet already.
func TestGenerators(t *testing.T) {
	random := map[string]bool{ // these look at plausibility or at fixed places only
		"aws-key-id": true, "azure-sas": true, "plain-http": true, "signed-url": true, "base64-len": true, "bearer": true, "cisco": true, "conn-string": true, "crypt-hash": true,
		"facebook-app": true, "htpasswd": true, "jdbc": true, "nuget-key": true, "password": true, "slack": true, "stripe": true,
		"judge": true, "telegram": true, "totp": true, "url-userinfo": true, "gcp-adc": true, "argon2": true,
	}
	for _, r := range builtin(t) {
		keeps := false
		for _, a := range r.Args {
			keeps = keeps || a == "fail=keep"
		}
		if r.Check == "" || keeps || random[r.Check] || strings.Contains(r.Shape, "check(") {
			continue
		}
		t.Errorf("rule %q: check %q: its shape %s names no generator", r.ID, r.Check, r.Shape)
	}
}

func TestNearMisses(t *testing.T) {
	for _, r := range builtin(t) {
		misses, err := NearMisses(r, 1)
		if err != nil {
			t.Errorf("rule %q: %v", r.ID, err)
		}
		for _, m := range misses {
			if s := m.Text; s.Start >= s.End || s.End > len(s.Text) {
				t.Errorf("rule %q: %s: credential at [%d:%d] of %d bytes", r.ID, m.Why, s.Start, s.End, len(s.Text))
			}
		}
	}
}

func TestPlaces(t *testing.T) {
	for _, sn := range []Snippet{
		{Text: "kst_abcdefgh", End: 12},
		{Text: "kst_abcdefgh", End: 12, Near: "vendor"},
		{Text: "password = abcdefgh\n", Start: 11, End: 19},
		{Text: "abc:defgh", Start: 4, End: 9, Path: ".pgpass"},
	} {
		for _, p := range Places(sn) {
			want := []byte(sn.Secret())
			got := p.Data[p.Start:p.End]
			if strings.HasPrefix(p.Name, "UTF-16") {
				got = bytes.ReplaceAll(got, []byte{0}, nil)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s of %q: [%d:%d] is %q, want %q", p.Name, sn.Text, p.Start, p.End, got, want)
			}
			if sn.Near != "" && !strings.HasPrefix(p.Name, "UTF-16") && !bytes.Contains(bytes.ToLower(p.Data), []byte(sn.Near)) {
				t.Errorf("%s of %q lacks the word %q", p.Name, sn.Text, sn.Near)
			}
		}
	}
}

func TestParseShape(t *testing.T) {
	for _, tt := range []struct{ shape, err string }{
		{shape: `"kst_" + 20 [a-z0-9]`},
		{shape: `kst_ + 4-8 [A-Za-z+/=-] + optional ("=") + (2 [0-9] + ".") x2-3`},
		{shape: `one of ("a" | "b" + UUID (v4)) + 3+ any character + newline`},
		{shape: `path(".netrc") + "password \"" + secret(10 [a-f])`},
		{shape: `"kst_" + 20 [a-z`, err: `"]" is missing`},
		{shape: `"kst_`, err: "closing quote is missing"},
		{shape: `one of ("a" | "b"`, err: "want | or a closing bracket"},
		{shape: `"a" + `, err: "a part is missing"},
		{shape: `"a" "b"`, err: "unexpected"},
		{shape: `2 []`, err: "empty"},
		{shape: `("a")`, err: "want x and a number"},
	} {
		_, err := parseShape(tt.shape)
		if got := err != nil && strings.Contains(err.Error(), tt.err); (tt.err == "") != (err == nil) || tt.err != "" && !got {
			t.Errorf("parseShape(%s) = %v, want error %q", tt.shape, err, tt.err)
		}
	}
}
