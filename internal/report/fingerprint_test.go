package report

import (
	"regexp"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/scan"
)

func TestFingerprint(t *testing.T) {
	key := func(k, s string) string {
		return NewFingerprinter([]byte(k), []byte(s)).Of(finding(vendorRule(), strongSecret(1), "a", 1))
	}
	if got := key("", ""); !regexp.MustCompile(`^ks1-[0-9a-f]{32}$`).MatchString(got) {
		t.Errorf("fingerprint %q has the wrong form", got)
	}
	distinct := map[string]bool{key("", ""): true, key("k", ""): true, key("", "s"): true}
	if len(distinct) != 3 {
		t.Errorf("keys and salts do not change the fingerprint: %v", distinct)
	}
	if key("k", "s") != key("k", "") {
		t.Error("a salt changes the fingerprint under a key")
	}
	var p Fingerprinter
	for _, s := range []scan.Secret{strongSecret(1), weakSecret()} {
		want := p.Of(finding(vendorRule(), s, "a", 1))
		other := finding(genericRule(), scan.NewSecret(s.Reveal(), 0), "b", 7)
		if got := new(Fingerprinter).Of(other); got != want {
			t.Errorf("fingerprint depends on more than the secret: %s and %s", got, want)
		}
		if got := p.Of(other); got != want {
			t.Errorf("the second fingerprint of a secret is %s, the first %s", got, want)
		}
	}
	if p.Of(finding(vendorRule(), scan.Secret{}, "a", 1)) == p.Of(finding(vendorRule(), scan.Secret{}, "b", 1)) {
		t.Error("findings without a secret in two files have one fingerprint")
	}
}

// TestFingerprintLazy sees that a fingerprint costs only who prints it.
func TestFingerprintLazy(t *testing.T) {
	for format, want := range map[string]bool{"text": false, "github": false, "junit": false, "jsonl": true, "json": true, "sarif": true, "gitlab": true, "csv": true, "html": true, "markdown": true} {
		prints := new(Fingerprinter)
		run := collect(CollectorOptions{Fingerprints: prints}, finding(genericRule(), weakSecret(), "a", 1))
		render(t, run, format, Options{})
		if got := len(prints.done) > 0; got != want {
			t.Errorf("%s: fingerprint made: %v, want %v", format, got, want)
		}
	}
}

func TestIdentitySHA256(t *testing.T) {
	for _, tt := range []struct {
		secret scan.Secret
		want   bool
	}{{strongSecret(1), true}, {weakSecret(), false}, {scan.Secret{}, false}} {
		r := collect(CollectorOptions{}, finding(vendorRule(), tt.secret, "a", 1)).Findings[0]
		r.Identify()
		if _, got := r.Identity["sha256"]; got != tt.want {
			t.Errorf("a secret of %d bytes has a sha256: %v, want %v", tt.secret.Len(), got, tt.want)
		}
	}
}

func TestStrength(t *testing.T) {
	weak := []string{
		"", "a", "password", strings.Repeat("ab", 40), strings.Repeat("x", 200), "12345678901234567890", "abcdefghijklmnopqrstuvwxyz",
		"correct horse battery staple", "Summer2024!", "20240301-20240302", "qwertyuiop1234567890", "changeme_please_now",
		"my-very-long-but-readable-passphrase",
	}
	for _, s := range weak {
		if got := Strength(s); got >= guessable {
			t.Errorf("Strength(%q) = %.0f, want under %d", s, got, guessable)
		}
	}
	for seed := range uint64(1000) {
		s := strings.TrimPrefix(strongSecret(seed).Reveal(), "kst_")
		if got := Strength(s); got < guessable {
			t.Errorf("Strength of random token %d = %.0f, want at least %d", seed, got, guessable)
		}
	}
	const hexBody = "0f1e9d3c7a5b2846"
	if got := Strength(hexBody); got < 40 || got > 64 {
		t.Errorf("Strength(%q) = %.0f, want between 40 and 64", hexBody, got)
	}
}

func FuzzStrength(f *testing.F) {
	f.Add("abc", "d")
	f.Add("", "\xff")
	f.Fuzz(func(t *testing.T, s, more string) {
		if got := Strength(s); got < 0 || got > 8*float64(len(s)) {
			t.Errorf("Strength(%q) = %v", s, got)
		}
		if got := Strength(s + s); got > Strength(s)*2+64 {
			t.Errorf("Strength(%q) = %v, twice that text %v", s, Strength(s), got)
		}
		_ = Strength(s + more)
	})
}
